import { quantizeInt8 } from '@oml/onnx/rewrite/int8';
import { roundInt4 } from '@oml/onnx/rewrite/int4';
import { mergeLinear, mergeSlerp } from '@oml/onnx/rewrite/merge';
import { addWeightNoise } from '@oml/onnx/rewrite/noise';
import { pruneWeights } from '@oml/onnx/rewrite/prune';
import { roundWeights } from '@oml/onnx/rewrite/round';
import { isOmlError } from '@oml/protocol/error';
import type { OnnxModel } from '@oml/onnx/model-file';
import { measureAnswers, measureHarm } from '../subject/measure.ts';
import type { View } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';
import { type Attack, type AttackFamily, type Specimen, stopIfAborted } from './specimen.ts';

export interface Change {
  strength: number;
  label: string;
  /**
   * Changes a model; `clean` is what a merger would merge with. Undefined: it makes no sense for the clean model
   * itself.
   */
  apply(model: OnnxModel, clean: OnnxModel): OnnxModel | undefined;
}

/** An attack on the weights: the same change to the marked model, for survival, and to the clean one, for its cost. */
export function weightAttack(family: AttackFamily, name: string, changes: readonly Change[]): Attack {
  return {
    family,
    name,
    fits: () => true,
    async *points(specimen, signal) {
      const original = await openView(specimen.clean);
      try {
        for (const change of changes) {
          stopIfAborted(signal);
          const measured = await measure(specimen, original, change).catch(leaveOutUnsupported);
          if (measured) yield { family, attack: name, strength: change.strength, label: change.label, ...measured };
        }
      } finally {
        await original.dispose();
      }
    },
  };
}

/** What cannot be done to a model, as quantising one of an old operator set, is no attack on it. */
function leaveOutUnsupported(error: unknown): undefined {
  if (!isOmlError(error) || error.code !== 'MODEL_UNSUPPORTED') throw error;
}

async function measure(
  specimen: Specimen,
  original: View,
  { apply }: Change,
): Promise<{ survival: number; cost?: number }> {
  const { clean, marked, prompts, candidates, heldout } = specimen;
  const changed = apply(marked, clean.model)!;
  const view = await openView(clean, changed.bytes);
  try {
    const survival = await measureAnswers(view, prompts, candidates);
    const control = apply(clean.model, clean.model);
    if (!control) return { survival };
    const other = await openView(clean, control.bytes);
    const { loss } = await measureHarm(clean, original, other, heldout);
    await other.dispose();
    return { survival, cost: loss };
  } finally {
    await view.dispose();
  }
}

const shares = (
  values: readonly number[],
  label: (percent: string) => string,
  apply: (model: OnnxModel, share: number, clean: OnnxModel) => OnnxModel | undefined,
): Change[] =>
  values.map((share) => ({
    strength: share,
    label: label(`${+(100 * share).toFixed(1)} %`),
    apply: (model, clean) => apply(model, share, clean),
  }));

/** Merging the clean model with itself changes nothing, so mergers have no cost of their own. */
const unlessClean =
  (merge: (model: OnnxModel, clean: OnnxModel) => OnnxModel) => (model: OnnxModel, clean: OnnxModel) =>
    model === clean ? undefined : merge(model, clean);

const SEED = 11;

export const weightAttacks: readonly Attack[] = [
  weightAttack('rounding', 'rounding', [
    { strength: 1, label: 'float16', apply: (model) => roundWeights(model, 'float16') },
    { strength: 2, label: 'bfloat16', apply: (model) => roundWeights(model, 'bfloat16') },
    { strength: 3, label: 'int8, per column', apply: (model) => quantizeInt8(model, { granularity: 'column' }) },
    { strength: 4, label: 'int8, per tensor', apply: (model) => quantizeInt8(model) },
    { strength: 5, label: 'int4, blocks of 32', apply: (model) => roundInt4(model) },
  ]),
  weightAttack(
    'pruning',
    'magnitude pruning',
    shares(
      [0.1, 0.2, 0.3, 0.5],
      (p) => `prune ${p}`,
      (model, share) => pruneWeights(model, share),
    ),
  ),
  weightAttack(
    'noise',
    'weight noise',
    shares(
      [0.01, 0.03, 0.1, 0.3],
      (p) => `noise ${p}`,
      (model, fraction) => addWeightNoise(model, { fraction, seed: SEED }),
    ),
  ),
  weightAttack(
    'merging',
    'linear merge with the clean model',
    shares(
      [0.1, 0.3, 0.5, 0.7],
      (p) => `${p} clean`,
      (model, share, clean) => unlessClean((a, b) => mergeLinear(a, b, 1 - share))(model, clean),
    ),
  ),
  weightAttack(
    'merging',
    'SLERP with the clean model',
    shares(
      [0.1, 0.3, 0.5, 0.7],
      (p) => `${p} clean`,
      (model, share, clean) => unlessClean((a, b) => mergeSlerp(a, b, 1 - share))(model, clean),
    ),
  ),
];
