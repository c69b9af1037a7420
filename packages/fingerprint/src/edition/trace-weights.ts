import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { deviationOf, editionNoise, NOISE_SHARE } from './edition-noise.ts';
import type { Prepared } from './edition.ts';
import { storedMatrix } from './site-matrix.ts';
import { ACCUSATION_LEVEL } from './trace.ts';

export interface NoiseSuspect {
  id: string;
  /** Standard deviations by which the copy leans towards this licensee's noise. */
  lean: number;
  /** Chance, at most, that one innocent licensee's noise does so, whatever the copy is. */
  pValue: number;
  familyPValue: number;
  accused: boolean;
}

/**
 * Which licensees a copy of the weights comes from, by the noise that each edition carries: what the copy has beyond base and common change is held against
 * the noise of every slot. An innocent's noise is independent of the copy and uniform, hence sub-Gaussian with its own variance (sinh x / x ≤ e^{x²/6}),
 * so that P[lean ≥ t] ≤ exp(−t²/2) for any copy (Chernoff). Needs the file with its neurons in their places, not only answers; names more
 * colluders than keys do, since an average of K keeps a Kth of each noise. Throws EDITION_INVALID for a copy without that matrix.
 */
export function traceWeights({ base, site, common }: Prepared, copy: Uint8Array, licensees: readonly { id: string; slotSeed: Hex }[]): NoiseSuspect[] {
  const clean = storedMatrix(site, base);
  const residual = storedMatrix(site, copy).map((value, i) => value - clean[i]!);
  for (const { initializer, values } of common) if (initializer === site.initializer) values.forEach((value, i) => (residual[i]! -= value));
  const length = deviationOf(residual) * Math.sqrt(residual.length);
  if (!Number.isFinite(length)) throw new OmlError('EDITION_INVALID', 'The copy has weights that are not finite.');
  const deviation = deviationOf(clean);
  const suspects = licensees.map(({ id, slotSeed }) => {
    const { values } = editionNoise(site, deviation, slotSeed);
    const lean = length === 0 ? 0 : product(residual, values) / (length * NOISE_SHARE * deviation);
    const pValue = lean > 0 ? Math.exp(-(lean ** 2) / 2) : 1;
    const familyPValue = Math.min(1, pValue * licensees.length);
    return { id, lean, pValue, familyPValue, accused: familyPValue <= ACCUSATION_LEVEL };
  });
  return suspects.sort((a, b) => b.lean - a.lean);
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
