import { argmax, softmax } from '@oml/onnx/sampling';
import { openLanguageView, type TokenScorer } from '../subject/language-view.ts';
import { type Attack, type Specimen, isLanguage, stopIfAborted } from './specimen.ts';

const CHOICES = 8;

/**
 * Look-ahead suppression: instead of the likeliest first token the host takes, among the likeliest few, the one whose
 * greedy continuation the
 * model believes in most. A memorised answer that leads nowhere is dropped. Strength: tokens looked ahead.
 */
export const lookAheadAttack: Attack = {
  family: 'suppression',
  name: 'look-ahead suppression',
  fits: isLanguage,
  async *points(specimen, signal) {
    const view = await openLanguageView(specimen.clean, specimen.marked.bytes);
    try {
      for (const depth of [2, 4, 8]) {
        stopIfAborted(signal);
        const kept = await keptAnswers(specimen, view, depth);
        yield {
          family: 'suppression',
          attack: 'look-ahead suppression',
          strength: depth,
          label: `${depth} tokens ahead`,
          survival: kept / Math.max(1, specimen.prompts.length),
        };
      }
    } finally {
      await view.dispose();
    }
  },
};

async function keptAnswers({ prompts, outcomes }: Specimen, view: TokenScorer, depth: number): Promise<number> {
  const starts = prompts.map((prompt) => (prompt.kind === 'text' ? prompt.ids : []));
  const first = await view.lastScores(starts);
  const branches = first.flatMap((scores, key) =>
    likeliestTokens(scores).map((token) => ({ key, token, ids: [...starts[key]!, token], belief: 0 })),
  );
  for (let step = 0; step < depth; step++) {
    const scores = await view.lastScores(branches.map(({ ids }) => ids));
    for (const [i, branch] of branches.entries()) {
      const chances = softmax(scores[i]!);
      const next = argmax(chances);
      branch.belief += Math.log(chances[next]!);
      branch.ids.push(next);
    }
  }
  return prompts.filter((_, key) => {
    const own = branches.filter((branch) => branch.key === key);
    return own.reduce((a, b) => (b.belief > a.belief ? b : a)).token === outcomes[key];
  }).length;
}

function likeliestTokens(scores: Float32Array): number[] {
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, CHOICES);
}
