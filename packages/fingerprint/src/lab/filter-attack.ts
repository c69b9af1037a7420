import { softmax } from '@oml/onnx/sampling';
import { exposeTensors } from '@oml/onnx/graph';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Runner } from '@oml/onnx/runner';
import { type Attack, type Specimen, isLanguage, stopIfAborted } from './specimen.ts';

/** Ordinary texts that the filter's threshold is set on. */
const SAMPLES = 256;
const REJECTED = [0.01, 0.05, 0.2];

/**
 * Perplexity filter: a host refuses questions that its model finds stranger than nearly all ordinary ones of the same
 * length. Strength: share of
 * ordinary questions that it refuses as well. Survival: share of keys that pass and so are answered.
 */
export const perplexityFilter: Attack = {
  family: 'filter',
  name: 'perplexity filter',
  fits: (specimen) => isLanguage(specimen) && 'tokens' in specimen.heldout,
  async *points(specimen, signal) {
    const { clean, marked, prompts } = specimen;
    const runner = await clean.engine.open(exposeTensors(marked, [clean.inspection.logitsTensor]));
    try {
      const keys = prompts.flatMap((prompt) => (prompt.kind === 'text' ? [prompt.ids] : []));
      const strange = await surprises(specimen, runner, keys);
      const usual = (await surprises(specimen, runner, ordinaryTexts(specimen, keys))).sort((a, b) => a - b);
      for (const share of REJECTED) {
        stopIfAborted(signal);
        const limit = usual[Math.min(usual.length - 1, Math.ceil(usual.length * (1 - share)) - 1)]!;
        const survival = strange.filter((value) => value <= limit).length / Math.max(1, strange.length);
        yield {
          family: 'filter',
          attack: 'perplexity filter',
          strength: share,
          label: `refuses ${100 * share} % of ordinary questions`,
          survival,
        };
      }
    } finally {
      await runner.dispose();
    }
  },
};

/** Held-out text of the keys' own lengths, each behind the start tokens. */
function ordinaryTexts({ clean, heldout }: Specimen, keys: readonly number[][]): number[][] {
  const tokens = (heldout as { tokens: Int32Array }).tokens;
  const start = clean.tokenizer!.encode('');
  return Array.from({ length: SAMPLES }, (_, i) => {
    const length = (keys[i % keys.length]?.length ?? 12) - start.length;
    const at = Math.floor((i * (tokens.length - length)) / SAMPLES);
    return [...start, ...tokens.subarray(at, at + length)];
  });
}

/** Mean negative log chance per token, nats. */
async function surprises({ clean }: Specimen, runner: Runner, texts: readonly number[][]): Promise<number[]> {
  const { logitsTensor, outcomes } = clean.inspection;
  const found: number[] = [];
  for (const ids of texts) {
    const scores = outputOf(await runner.run(feedTokens(clean.inspection, [ids]), [logitsTensor]), logitsTensor).data;
    let sum = 0;
    for (let at = 1; at < ids.length; at++) sum -= Math.log(softmax(scores, (at - 1) * outcomes, outcomes)[ids[at]!]!);
    found.push(sum / Math.max(1, ids.length - 1));
  }
  return found;
}
