import type { Hex } from 'viem';
import { multiply } from '../algebra/linear-algebra.ts';
import { asStored } from '../embed/tensor-delta.ts';
import { deviationOf, editionNoise, NOISE_SHARE } from './edition-noise.ts';
import type { Prepared } from './edition.ts';
import { residualOf } from './residual.ts';
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
 * How often the residual is multiplied by the covariance before it is compared: 0 sees most of a plain copy, 2 past a
 * refit.
 */
const WEIGHTINGS = [0, 1, 2];

/**
 * Which licensees a copy of the edited matrix, [keySize, hiddenSize], comes from, by the noise that each edition
 * carries: what the copy has beyond base and common change is held against the noise of every slot. An innocent's
 * noise is independent of the copy and uniform, hence sub-Gaussian with its own variance (sinh x / x ≤ e^{x²/6}), so
 * that P[lean ≥ t] ≤ exp(−t²/2) for any copy (Chernoff), however the copy is weighted. With `covariance`, E[k kᵀ] of
 * ordinary text, directions that a refit has to leave alone count most. Needs the weights with their neurons in their
 * places (`alignSuspect` puts them there), not only answers; names larger coalitions than keys do, since an average of
 * K keeps a Kth of each noise. Throws EDITION_INVALID for a matrix that is not finite.
 */
export function traceWeights(
  prepared: Prepared,
  copy: Float32Array,
  licensees: readonly { id: string; slotSeed: Hex }[],
  covariance?: Float64Array,
): NoiseSuspect[] {
  const { base, site } = prepared;
  const residuals = weighted(prepared, residualOf(prepared, copy), covariance);
  const deviation = deviationOf(storedMatrix(site, base));
  const suspects = licensees.map(({ id, slotSeed }) => {
    const { values } = editionNoise(site, deviation, slotSeed);
    const lean = Math.max(0, ...residuals.map(({ unit }) => product(unit, values) / (NOISE_SHARE * deviation)));
    const pValue = lean > 0 ? Math.min(1, residuals.length * Math.exp(-(lean ** 2) / 2)) : 1;
    const familyPValue = Math.min(1, pValue * licensees.length);
    return { id, lean, pValue, familyPValue, accused: familyPValue <= ACCUSATION_LEVEL };
  });
  return suspects.sort((a, b) => b.lean - a.lean);
}

/** The residual under each weighting, of length 1 and in the order of the file; none where the copy is the base. */
function weighted(
  { site }: Prepared,
  residual: Float32Array,
  covariance: Float64Array | undefined,
): { unit: Float32Array }[] {
  const { keySize, hiddenSize } = site;
  let matrix: ArrayLike<number> = residual;
  return (covariance ? WEIGHTINGS : [0]).flatMap((power) => {
    if (power > 0) matrix = multiply(covariance!, matrix, keySize, keySize, hiddenSize);
    const stored = asStored(site, matrix);
    const length = deviationOf(stored) * Math.sqrt(stored.length);
    return length > 0 ? [{ unit: stored.map((value) => value / length) }] : [];
  });
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
