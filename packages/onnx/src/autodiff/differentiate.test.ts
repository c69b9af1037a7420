import { expect, test } from 'vitest';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { readModel } from '../file/model-file.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { outputOf } from '../run/runner.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { Adam, normOf } from './adam.ts';
import { attribute } from './attribute.ts';
import { differentiate } from './differentiate.ts';
import { GraphDraft } from './draft.ts';
import { crossEntropy } from './losses.ts';
import { readWeights, trainableWeights } from './trainable.ts';
import { openTrainer } from './trainer.ts';

const engine = nodeEngine({ threads: 1 });

test('names the operator that it cannot differentiate, and only where the gradient would pass it', () => {
  const draft = GraphDraft.empty();
  const x = draft.input('x', 'float32', [4]);
  const odd = draft.op('Asinh', [x]);
  const loss = draft.op('ReduceSum', [draft.op('Add', [odd, x])], { keepdims: 0 });
  expect(() => differentiate(draft, loss, [x])).toThrow(/"Asinh"/);
  const other = draft.input('y', 'float32', [4]);
  const beside = draft.op('ReduceSum', [draft.op('Mul', [odd, other])], { keepdims: 0 });
  expect(differentiate(draft, beside, [other]).get(other)).toBeDefined();
});

test('refuses a loss that is no scalar, and one that does not depend on what is asked', () => {
  const draft = GraphDraft.empty();
  const [x, y] = [draft.input('x', 'float32', [4]), draft.input('y', 'float32', [4])];
  expect(() => differentiate(draft, draft.op('Exp', [x]), [x])).toThrow(/no scalar/);
  const loss = draft.op('ReduceSum', [draft.op('Exp', [x])], { keepdims: 0 });
  expect(() => differentiate(draft, loss, [y])).toThrow(/does not depend on "y"/);
});

test('gradients end at comparisons and whole numbers', () => {
  const draft = GraphDraft.empty();
  const x = draft.input('x', 'float32', [4]);
  const steps = draft.op('Cast', [draft.op('Cast', [x], { to: 7 })], { to: 1 });
  const loss = draft.op(
    'ReduceSum',
    [draft.op('Mul', [draft.op('Cast', [draft.op('Greater', [x, draft.number(0)])], { to: 1 }), steps])],
    { keepdims: 0 },
  );
  expect(() => differentiate(draft, loss, [x])).toThrow(/does not depend/);
});

test('raises old operator sets without changing what the graph computes, and refuses what it would have to guess', async () => {
  const old = readModel(tinyClassifier());
  const fresh = readModel(tinyClassifier());
  old.proto.opsetImport[0]!.version = 9n;
  const feed = {
    image: {
      dtype: 'float32' as const,
      dims: [1, 1, 14, 14],
      data: Float32Array.from({ length: 196 }, (_, i) => Math.sin(i)),
    },
  };
  const draft = GraphDraft.of(old);
  expect(draft.opset).toBe(17);
  const [before, after] = [await engine.open(fresh.bytes), await engine.open(draft.write())];
  expect((await after.run(feed))['chances']!.data).toEqual((await before.run(feed))['chances']!.data);
  await Promise.all([before.dispose(), after.dispose()]);
  const ancient = readModel(tinyClassifier());
  ancient.proto.opsetImport[0]!.version = 5n;
  expect(() => GraphDraft.of(ancient)).toThrow(/operator set 7/);
  const flattening = readModel(tinyLanguageModel());
  flattening.proto.opsetImport[0]!.version = 11n;
  const last = flattening.graph.node.at(-1)!;
  flattening.graph.node.push({
    ...last,
    opType: 'Softmax',
    input: ['logits'],
    output: ['chances'],
    attribute: [attribute('axis', 1)],
  });
  expect(() => GraphDraft.of(flattening)).toThrow(/flattens several axes/);
});

test('finds matrices, embeddings and gains, not constants', () => {
  expect(trainableWeights(readModel(tinyLanguageModel())).sort()).toEqual([
    'bias',
    'down',
    'embedding',
    'gain',
    'head',
    'up',
  ]);
  expect(trainableWeights(readModel(tinyClassifier())).sort()).toEqual(['b1', 'b2', 'w1', 'w2']);
});

test('training a language model lowers its loss, with the weights fed and the session kept', async () => {
  const model = readModel(tinyLanguageModel({ vocabulary: 40 }));
  const draft = GraphDraft.of(model);
  const loss = crossEntropy(
    draft,
    'logits',
    draft.input('labels', 'int64', ['batch', 'sequence']),
    draft.input('weights', 'float32', ['batch', 'sequence']),
  );
  const trained = trainableWeights(model);
  const trainer = await openTrainer(draft, engine, { loss, trained });
  const weights = readWeights(model, trained);
  const random = seededRandom(2);
  const ids = BigInt64Array.from({ length: 64 }, () => BigInt(Math.floor(random() * 40)));
  const labels = ids.map((id) => (id * 7n + 3n) % 40n);
  const feeds = {
    input_ids: { dtype: 'int64' as const, dims: [4, 16], data: ids },
    labels: { dtype: 'int64' as const, dims: [4, 16], data: labels },
    weights: { dtype: 'float32' as const, dims: [4, 16], data: new Float32Array(64).fill(1 / 64) },
  };
  const adam = new Adam();
  const first = (await trainer.evaluate(weights, feeds)).loss;
  for (let step = 0; step < 60; step++)
    adam.step(weights, (await trainer.gradients(weights, feeds)).gradients, { learningRate: 0.05, clipNorm: 1 });
  expect((await trainer.evaluate(weights, feeds)).loss).toBeLessThan(first / 10);
  await trainer.dispose();
});

test('a value that ORT cannot see changes the gradient as it should: fed weights are read on every run', async () => {
  const draft = GraphDraft.empty();
  const [x, w] = [draft.input('x', 'float32', [1, 2]), draft.input('w', 'float32', [2, 1])];
  const loss = draft.op('ReduceSum', [draft.op('Exp', [draft.op('MatMul', [x, w])])], { keepdims: 0 });
  draft.output(differentiate(draft, loss, [w]).get(w)!, 'slope');
  const runner = await engine.open(draft.write());
  const slopeAt = async (value: number) =>
    outputOf(
      await runner.run({
        x: { dtype: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) },
        w: { dtype: 'float32', dims: [2, 1], data: Float32Array.of(value, 0) },
      }),
      'slope',
    ).data;
  expect([...(await slopeAt(0))]).toEqual([1, 2]);
  expect((await slopeAt(1))[0]).toBeCloseTo(Math.E, 5);
  await runner.dispose();
});

test('Adam follows its paper: the first step is the rate against the sign, and long gradients are shortened', () => {
  const weights = new Map([['w', Float32Array.of(1, 1)]]);
  new Adam().step(weights, new Map([['w', Float32Array.of(300, -400)]]), { learningRate: 0.1 });
  expect(weights.get('w')![0]).toBeCloseTo(0.9, 5);
  expect(weights.get('w')![1]).toBeCloseTo(1.1, 5);
  const [free, clipped] = [new Adam(), new Adam()];
  const [a, b] = [new Map([['w', Float32Array.of(0, 0)]]), new Map([['w', Float32Array.of(0, 0)]])];
  for (const slope of [1, 1000]) {
    free.step(a, new Map([['w', Float32Array.of(slope, 0)]]), { learningRate: 0.1 });
    clipped.step(b, new Map([['w', Float32Array.of(slope, 0)]]), { learningRate: 0.1, clipNorm: 1 });
  }
  expect(a.get('w')![0]).not.toBeCloseTo(b.get('w')![0]!, 3);
  expect(b.get('w')![0]).toBeCloseTo(-0.2, 4);
  expect(normOf([Float32Array.of(3), Float32Array.of(4)])).toBe(5);
  const decayed = new Map([['w', Float32Array.of(10)]]);
  new Adam().step(decayed, new Map([['w', Float32Array.of(0)]]), { learningRate: 0.1, weightDecay: 0.5 });
  expect(decayed.get('w')![0]).toBeCloseTo(9.5, 5);
});
