import { argmax } from '@oml/onnx/sampling';
import type { OnnxModel } from '@oml/onnx/model-file';
import { outcomesOf, type Heldout } from '../../subject/measure.ts';
import { openView } from '../../subject/view.ts';
import type { Specimen } from '../specimen.ts';

/** What a copy answers, as scores: at the owner's keys, where only the owner can look, and on text of the host's. */
export interface Served {
  /** [keys, outcomes] */
  keys: Float32Array;
  /** [tracing keys, outcomes]; empty where the specimen names none. */
  tracing: Float32Array;
  /** [positions, outcomes] */
  text: Float32Array;
}

/** Scores kept of one copy: some thousand positions, on which a quarter of a percent of perplexity shows. */
const MOST_SCORES = 2 ** 22;
const MOST_POSITIONS = 8192;

/** Asks a copy both. `judging` is text that nothing was fitted to. */
export async function serve(
  { clean, prompts, tracing = [] }: Specimen,
  model: OnnxModel,
  judging: Heldout,
): Promise<Served> {
  const view = await openView(clean, model.bytes);
  try {
    const { scores } = await view.answering([...prompts, ...tracing]);
    const common = prompts.length * clean.inspection.outcomes;
    const parts: Float32Array[] = [];
    const data = 'tokens' in judging ? judging.tokens : judging.values;
    for await (const rows of view.ordinary(data, positionsOf(clean.inspection.outcomes))) parts.push(rows.scores);
    const text = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      text.set(part, at);
      at += part.length;
    }
    return { keys: scores.subarray(0, common), tracing: scores.subarray(common), text };
  } finally {
    await view.dispose();
  }
}

/** The true outcome at each position of {@link Served.text}; −1 where there is none. */
export function truthOf({ clean }: Specimen, judging: Heldout): number[] {
  return outcomesOf(clean, judging, positionsOf(clean.inspection.outcomes));
}

const positionsOf = (outcomes: number): number => Math.min(MOST_POSITIONS, Math.floor(MOST_SCORES / outcomes));

/** Share of keys at which the selected answer scores highest. */
export function survivalOf(keys: Float32Array, selected: readonly number[]): number {
  const outcomes = keys.length / Math.max(1, selected.length);
  return selected.filter((outcome, row) => argmax(keys, row * outcomes, outcomes) === outcome).length / selected.length;
}
