/** p to e, mixed over all powers: E[e] ≤ 1 under the null hypothesis (Vovk, Wang 2021, eq. 2). */
export function calibrate(pValue: number): number {
  if (pValue <= 0) return Infinity;
  if (pValue >= 1) return 0;
  return (1 - pValue + pValue * Math.log(pValue)) / (pValue * Math.log(pValue) ** 2);
}

/** Below this ln p the formula's small terms are nothing. */
const TINY = -40;
/** Below this a p-value is not told from 0 by a double. */
const LEAST = 1e-300;

/**
 * ln of ½ + ½ {@link calibrate}, by ln p: half is kept back, so that a channel that was silenced costs the others no
 * more than half of what they say.
 */
export function logHedged(logP: number): number {
  const log = logP < TINY ? -logP - 2 * Math.log(-logP) : Math.log(calibrate(Math.exp(logP)));
  return Math.max(log, 0) + Math.log((Math.exp(log - Math.max(log, 0)) + Math.exp(-Math.max(log, 0))) / 2);
}

/** The same by a p-value, which may have come out as 0. */
export const logHedgedOf = (pValue: number): number => logHedged(Math.log(Math.max(LEAST, pValue)));
