import type { OriginMatch } from '@oml/fingerprint/evidence/match-in-place';

/** An e-value as people read it. */
export const inTens = (logE: number): string => `evidence 10^${(logE / Math.LN10).toFixed(1)} to 1`;

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Whether weights are the owner's, marked or not. */
export function originInWords({ likeness, cosine, inPlace, neurons, logE }: OriginMatch): string {
  const resembles = `its neurons do what yours do (${percent(likeness)} alike, weights ${percent(cosine)})`;
  return inPlace > neurons / 2
    ? `${resembles} and stand in your order: your model or a child of it, ${inTens(logE)}`
    : `${resembles}, but stand in another order: compare with a model that was trained apart`;
}
