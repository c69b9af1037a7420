import type { Hex } from 'viem';
import type { Prepared } from './edition.ts';
import { traceGraded } from './trace-graded.ts';
import { ACCUSATION_LEVEL, type Licensee, type Suspect } from './trace.ts';
import { traceWeights, type NoiseSuspect } from './trace-weights.ts';

export interface MatricesInputs {
  prepared: Prepared;
  /** Matrices of a copy that may be the edited one, [keySize, hiddenSize] each: as it lies in the file, and aligned. */
  matrices: readonly Float32Array[];
  /** Of `openPresence`. */
  presenceIn: (matrix: Float32Array) => Promise<number[]>;
  licensees: readonly Licensee[];
  /** Licensees whose slot seed is known. */
  noises: readonly { id: string; slotSeed: Hex }[];
  holdChance: number;
  /** E[k kᵀ] of ordinary text. */
  covariance?: Float64Array;
}

/**
 * Whose atoms and whose noise a copy's weights hold, whichever of its matrices says so most clearly; that several were
 * looked at is paid for in every chance. Throws EDITION_INVALID for matrices that are not finite.
 */
export async function traceMatrices(inputs: MatricesInputs): Promise<{ byAtoms: Suspect[]; byNoise: NoiseSuspect[] }> {
  const { prepared, matrices, presenceIn, licensees, noises, holdChance, covariance } = inputs;
  const [atoms, noise]: [Suspect[][], NoiseSuspect[][]] = [[], []];
  for (const matrix of matrices) {
    if (licensees.length > 0) atoms.push(traceGraded(await presenceIn(matrix), licensees, holdChance));
    if (noises.length > 0) noise.push(traceWeights(prepared, matrix, noises, covariance));
  }
  return { byAtoms: clearest(atoms), byNoise: clearest(noise) };
}

/** Of each licensee its most telling look, its chance times the number of looks; the likeliest licensee first. */
function clearest<S extends Pick<Suspect, 'id' | 'pValue' | 'familyPValue' | 'accused'>>(looks: readonly S[][]): S[] {
  const byId = Map.groupBy(looks.flat(), ({ id }) => id);
  const best = [...byId.values()].map((some) => {
    const one = some.reduce((a, b) => (b.pValue < a.pValue ? b : a));
    const pValue = Math.min(1, one.pValue * looks.length);
    const familyPValue = Math.min(1, pValue * byId.size);
    return { ...one, pValue, familyPValue, accused: familyPValue <= ACCUSATION_LEVEL };
  });
  return best.sort((a, b) => a.pValue - b.pValue);
}
