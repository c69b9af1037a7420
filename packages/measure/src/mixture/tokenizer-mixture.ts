import { seededRandom } from '@oml/onnx/seeded-random';
import { pieceCutter } from '@oml/onnx/tokens/encoder';
import { readForm, type TokenizerForm } from '@oml/onnx/tokens/form';
import { OmlError } from '@oml/protocol/error';
import { spreadFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Method } from '../method.ts';
import { countWords, readCategories, type Chunk } from './category-texts.ts';
import { constraintsOf, mergesOf } from './constraints.ts';
import { highsSolver, solveMixture, type LinearSolver } from './mixture-program.ts';

/**
 * Which texts a tokenizer was trained on (Data Mixture Inference, arXiv 2407.16607): the order of its merges and
 * samples of each category give a linear program for the shares of the categories, in bytes. Shares of categories that
 * the data lack go to those that are most like them. Intervals come from samples drawn again with replacement, 2 kB at
 * a time.
 */
export const tokenizerMixture: Method<'tokenizer'> = {
  name: 'tokenizer-mixture',
  version: 1,
  about: 'which texts a tokenizer was trained on: shares of the categories that you bring samples of',
  reads: 'tokenizer',
  wants: 'Bring a folder with samples: <category>/… or <category>.txt, two categories or more, 10 kB each at least.',
  settings: { merges: 1_000, redraws: 8, seed: 1 },
  async measure({ target, data, settings, signal, onProgress }) {
    const form = readForm(target.json);
    const limit = wholeOf(settings, 'merges');
    const known = mergesOf(form).length;
    if (known < 10) throw new OmlError('TOKENIZER_INVALID', `It has ${known} merges; a mixture shows in ten or more.`);
    onProgress?.('cutting the samples', 0);
    const categories = readCategories(data, pieceCutter(form));
    const solver = await highsSolver();
    const solve = (chunks: Chunk[][]) => mixtureOf({ form, chunks, limit, solver, signal });
    const shares = solve(categories.map(({ chunks }) => chunks));
    const random = seededRandom(numberOf(settings, 'seed'));
    const redraws = wholeOf(settings, 'redraws', 0);
    const repeated: number[][] = [];
    for (let i = 0; i < redraws; i++) {
      onProgress?.('drawing the samples again', i / redraws);
      repeated.push(solve(categories.map(({ chunks }) => redrawn(chunks, random))));
    }
    const ordered = categories.map(({ name }, c) =>
      spreadFigure(
        name,
        shares[c]!,
        repeated.map((each) => each[c]!),
        [0, 1],
      ),
    );
    return {
      figures: ordered,
      notes: [`Of ${known} merges the first ${Math.min(limit, known)} were used.`],
    };
  },
};

const redrawn = (chunks: readonly Chunk[], random: () => number): Chunk[] =>
  Array.from({ length: chunks.length }, () => chunks[Math.floor(random() * chunks.length)]!);

/** The shares of categories that explain a tokenizer's merges best. */
export function mixtureOf(parts: {
  form: TokenizerForm;
  chunks: readonly (readonly Chunk[])[];
  limit: number;
  solver: LinearSolver;
  signal?: AbortSignal | undefined;
}): number[] {
  const { form, chunks, limit, solver, signal } = parts;
  const { words, sizes } = countWords(chunks);
  return solveMixture(solver, constraintsOf(form, words, sizes, { limit, signal }), sizes.length);
}
