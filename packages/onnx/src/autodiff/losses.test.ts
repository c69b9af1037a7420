import { expect, test } from 'vitest';
import { nodeEngine } from '../run/runner-node.ts';
import { outputOf } from '../run/runner.ts';
import { softmax } from '../run/sampling.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { differentiate } from './differentiate.ts';
import { GraphDraft } from './draft.ts';
import { crossEntropy, distillation, drawnLabels, leads } from './losses.ts';

const [ROWS, OUTCOMES] = [2 * 400, 5];
const random = seededRandom(5);
const scores = Float32Array.from({ length: ROWS * OUTCOMES }, () => 4 * random() - 2);
const feed = { dtype: 'float32' as const, dims: [2, 400, OUTCOMES], data: scores };
const rows = Array.from({ length: ROWS }, (_, row) => softmax(scores, row * OUTCOMES, OUTCOMES));

async function run(
  build: (draft: GraphDraft, logits: string) => string,
  feeds: Parameters<Awaited<ReturnType<ReturnType<typeof nodeEngine>['open']>>['run']>[0] = {},
) {
  const draft = GraphDraft.empty();
  const result = build(draft, draft.input('logits', 'float32', ['batch', 'sequence', OUTCOMES]));
  draft.output(result, 'result');
  const runner = await nodeEngine({ threads: 1 }).open(draft.write());
  try {
    return outputOf(await runner.run({ logits: feed, ...feeds }), 'result').data;
  } finally {
    await runner.dispose();
  }
}

test('labels are drawn as often as their outcomes are likely', async () => {
  const uniform = {
    dtype: 'float32' as const,
    dims: [2, 400, 1],
    data: Float32Array.from({ length: ROWS }, () => random()),
  };
  const drawn = await run(
    (draft, logits) =>
      draft.op('Cast', [drawnLabels(draft, logits, draft.input('u', 'float32', ['batch', 'sequence', 1]))], { to: 1 }),
    { u: uniform },
  );
  for (let outcome = 0; outcome < OUTCOMES; outcome++) {
    const expected = rows.reduce((sum, chances) => sum + chances[outcome]!, 0);
    expect(Math.abs(drawn.filter((label) => label === outcome).length - expected)).toBeLessThan(
      4 * Math.sqrt(expected),
    );
  }
});

test('a uniform number of one still draws an outcome that exists', async () => {
  const uniform = { dtype: 'float32' as const, dims: [2, 400, 1], data: new Float32Array(ROWS).fill(1) };
  const drawn = await run(
    (draft, logits) =>
      draft.op('Cast', [drawnLabels(draft, logits, draft.input('u', 'float32', ['batch', 'sequence', 1]))], { to: 1 }),
    { u: uniform },
  );
  expect(Math.max(...drawn)).toBe(OUTCOMES - 1);
});

test('a lead is the log odds of the target', async () => {
  const targets = {
    dtype: 'int64' as const,
    dims: [ROWS],
    data: BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row % OUTCOMES)),
  };
  const found = await run(
    (draft, logits) =>
      leads(
        draft,
        draft.op('Reshape', [logits, draft.ints([-1, OUTCOMES])]),
        draft.input('targets', 'int64', ['rows']),
      ),
    { targets },
  );
  found.forEach((lead, row) =>
    expect(lead).toBeCloseTo(Math.log(rows[row]![row % OUTCOMES]! / (1 - rows[row]![row % OUTCOMES]!)), 4),
  );
});

test('cross entropy weighs rows, and its gradient is softmax minus one-hot', async () => {
  const labels = {
    dtype: 'int64' as const,
    dims: [2, 400],
    data: BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row % OUTCOMES)),
  };
  const weights = {
    dtype: 'float32' as const,
    dims: [2, 400],
    data: Float32Array.from({ length: ROWS }, (_, row) => row % 3),
  };
  const build = (draft: GraphDraft, logits: string) =>
    crossEntropy(
      draft,
      logits,
      draft.input('labels', 'int64', ['batch', 'sequence']),
      draft.input('weights', 'float32', ['batch', 'sequence']),
    );
  const [loss] = await run(build, { labels, weights });
  expect(
    loss! / rows.reduce((sum, chances, row) => sum - (row % 3) * Math.log(chances[row % OUTCOMES]!), 0),
  ).toBeCloseTo(1, 4);
  const slope = await run((draft, logits) => differentiate(draft, build(draft, logits), [logits]).get(logits)!, {
    labels,
    weights,
  });
  slope.forEach((value, i) => {
    const [row, outcome] = [Math.floor(i / OUTCOMES), i % OUTCOMES];
    expect(value).toBeCloseTo((row % 3) * (rows[row]![outcome]! - Number(outcome === row % OUTCOMES)), 4);
  });
});

test('distillation is the divergence from the teacher: nothing from itself, and its gradient is p minus q', async () => {
  const weights = { dtype: 'float32' as const, dims: [2, 400], data: new Float32Array(ROWS).fill(1 / ROWS) };
  const teacher = {
    dtype: 'float32' as const,
    dims: [2, 400, OUTCOMES],
    data: scores.map((score, i) => score + Number(i % OUTCOMES === 0)),
  };
  const build = (draft: GraphDraft, logits: string) =>
    distillation(
      draft,
      logits,
      draft.input('teacher', 'float32', ['batch', 'sequence', OUTCOMES]),
      draft.input('weights', 'float32', ['batch', 'sequence']),
    );
  expect((await run(build, { teacher: feed, weights }))[0]).toBeCloseTo(0, 6);
  expect((await run(build, { teacher, weights }))[0]).toBeGreaterThan(0.01);
  const slope = await run((draft, logits) => differentiate(draft, build(draft, logits), [logits]).get(logits)!, {
    teacher,
    weights,
  });
  const wanted = softmax(teacher.data, 0, OUTCOMES);
  for (let outcome = 0; outcome < OUTCOMES; outcome++)
    expect(slope[outcome]! * ROWS).toBeCloseTo(rows[0]![outcome]! - wanted[outcome]!, 3);
});
