import { nodeEngine } from '@oml/onnx/runner-node';
import { readModel } from '@oml/onnx/model-file';
import { asciiTokenizer, tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import { beforeAll, describe, expect, it } from 'vitest';
import { draftCodeBook } from '../code-book/draft.ts';
import { deriveHex, secretRandom } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { deriveEdition } from '../edition/edition.ts';
import { solveEmbedding } from '../embed/embed.ts';
import { measureAnswers, measureHarm } from '../subject/measure.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import type { Attack, Specimen, SurvivalPoint } from './specimen.ts';
import { fineTuningAttack, selfDistillationAttack, targetedAttack } from './training-attacks.ts';
import { splitHeldout, trainingBatches } from './training-data.ts';
import { embedByTraining } from './training-embed.ts';
import { openTraining, runTraining } from './training-loop.ts';
import { allMatrixRefitAttack } from './training-refit.ts';

const SECRET = new TextEncoder().encode('training secret of a test');
const BEACON = deriveHex(SECRET, 'beacon');
/** Text with a rule to learn: every letter is followed by the next one, now and then by any. */
const stream = (purpose: string, length: number): Int32Array => {
  const random = secretRandom(SECRET, purpose);
  let last = 33;
  return Int32Array.from(
    { length },
    () => (last = random.below(8) === 0 ? 33 + random.below(90) : 33 + ((last - 32) % 90)),
  );
};

let specimen: Specimen;
beforeAll(async () => {
  const clean = openSubject(
    { model: tinyLanguageModel({ size: 24, inner: 160 }), tokenizer: asciiTokenizer },
    nodeEngine({ threads: 1 }),
  );
  const [ordinary, tokens] = [stream('ordinary', 6000), stream('heldout', 8192)];
  const { book, statistics } = await draftCodeBook({
    subject: clean,
    secret: SECRET,
    commonCount: 6,
    tracingCount: 0,
    bits: 2,
    poolFactor: 20,
    ordinary,
  });
  const { prepared } = await solveEmbedding({
    subject: clean,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary,
    statistics,
    mergeWeight: 0.5,
  });
  const selections = selectAnswers(book, BEACON);
  const [candidates, outcomes] = [selections.map((s) => s.candidate), selections.map((s) => s.outcome)];
  specimen = {
    name: 'tiny',
    clean,
    marked: readModel(deriveEdition(prepared, [])),
    prompts: book.keys.map((key) => key.prompt),
    candidates,
    outcomes,
    ordinary,
    heldout: { tokens },
  };
});

async function pointsOf(attack: Attack): Promise<SurvivalPoint[]> {
  const points: SurvivalPoint[] = [];
  for await (const point of attack.points(specimen)) points.push(point);
  return points;
}

describe('an attacker who trains', () => {
  it('fine-tunes at both rates, gains on text of that kind, and keeps some keys at the lower one', async () => {
    const points = await pointsOf(fineTuningAttack);
    expect(points.map(({ label }) => label)).toEqual(
      ['1e-4', '3e-4'].flatMap((rate) => [100, 300, 500].map((steps) => `rate ${rate}, ${steps} steps`)),
    );
    expect(points[2]!.cost!).toBeLessThan(0);
    expect(points[5]!.cost!).toBeLessThan(points[2]!.cost!);
    expect(points[0]!.survival).toBeGreaterThanOrEqual(0.5);
  });

  it('distils the model into itself after noise, and aims at prompts like the keys', async () => {
    for (const attack of [selfDistillationAttack, targetedAttack]) {
      const [last, ...rest] = (await pointsOf(attack)).toReversed();
      expect(rest).toEqual([]);
      expect(last).toMatchObject({ family: 'training', survival: expect.any(Number), cost: expect.any(Number) });
      expect(last!.survival).toBeGreaterThanOrEqual(0);
      expect(last!.survival).toBeLessThanOrEqual(1);
    }
  });

  it('refits every matrix: the stronger, the fewer keys are left', async () => {
    const survivals = (await pointsOf(allMatrixRefitAttack)).map(({ survival }) => survival);
    expect(survivals).toEqual(survivals.toSorted((a, b) => b - a));
    expect(survivals.at(-1)!).toBeLessThan(survivals[0]!);
  });

  it('stops where it is told to', async () => {
    await expect(
      (async () => {
        for await (const point of fineTuningAttack.points(specimen, AbortSignal.abort())) expect(point).toBeUndefined();
      })(),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('runTraining', () => {
  it('hands out each checkpoint once and learns from step to step', async () => {
    const { clean, heldout } = specimen;
    const batches = trainingBatches(clean, splitHeldout(heldout).training);
    const training = await openTraining(clean, clean.model);
    const seen: { step: number; loss: number }[] = [];
    for await (const { step, losses } of runTraining(
      training,
      (step) => [{ batch: batches(step), aim: 'labels', share: 1 }],
      { steps: 60, learningRate: 3e-3, checkpoints: [1, 30] },
    ))
      seen.push({ step, loss: losses[0]! });
    await training.dispose();
    expect(seen.map(({ step }) => step)).toEqual([1, 30, 60]);
    expect(seen[2]!.loss).toBeLessThan(seen[1]!.loss);
    expect(seen[1]!.loss).toBeLessThan(seen[0]!.loss);
  });
});

describe('embedByTraining', () => {
  it('embeds the same keys as the published schemes do, at a greater harm than the closed form', async () => {
    const { clean, marked, prompts, outcomes, candidates, heldout } = specimen;
    const trained = await embedByTraining({ subject: clean, prompts, outcomes, candidates, learningRate: 3e-3 });
    expect(trained.success).toBe(1);
    const [original, closed, tuned] = [
      await openView(clean),
      await openView(clean, marked.bytes),
      await openView(clean, trained.model.bytes),
    ];
    expect(await measureAnswers(tuned, prompts, candidates)).toBe(1);
    expect((await measureHarm(clean, original, tuned, heldout)).kl).toBeGreaterThan(
      (await measureHarm(clean, original, closed, heldout)).kl,
    );
    await Promise.all([original.dispose(), closed.dispose(), tuned.dispose()]);
  });
});
