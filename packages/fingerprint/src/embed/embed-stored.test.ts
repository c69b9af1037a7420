import { bytesSource, modelFiles } from '@oml/onnx/file/byte-source';
import { withPatches } from '@oml/onnx/file/overlay';
import { openStored, type StoredModel } from '@oml/onnx/file/stored-model';
import { openBlocks } from '@oml/onnx/run/blocks';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf } from '@oml/onnx/runner';
import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax, softmax } from '@oml/onnx/sampling';
import { seededRandom } from '@oml/onnx/seeded-random';
import { gptModel } from '@oml/onnx/test-support/architectures/gpt';
import { largeLlama } from '@oml/onnx/test-support/large-llama';
import { tinyClassifier } from '@oml/onnx/test-support/tiny-models';
import { describe, expect, it } from 'vitest';
import { openProducts } from '../algebra/products.ts';
import { embedStored, type StoredEdit } from './embed-stored.ts';
import { fisherOf, scoresOf } from './stored-head.ts';

const engine = nodeEngine({ threads: 1 });

function llama(format: 'float32' | 'float16' = 'float32'): Promise<StoredModel> {
  const { model, location, chunks } = largeLlama({
    layers: 2,
    size: 64,
    inner: 256,
    heads: 4,
    vocabulary: 600,
    context: 64,
    format,
  });
  return openStored(modelFiles(bytesSource(model), new Map([[location, bytesSource(Buffer.concat([...chunks()]))]])));
}

const gpt = (): Promise<StoredModel> => openStored(modelFiles(bytesSource(gptModel())));

const drawer = (vocabulary: number) => {
  const random = seededRandom(9);
  return (count: number, length: number) =>
    Array.from({ length: count }, () => Array.from({ length }, () => Math.floor(random() * vocabulary)));
};

async function edited(
  model: StoredModel,
  vocabulary: number,
  count: number,
  rank = 12,
): Promise<{ keys: number[][]; edit: StoredEdit }> {
  const draw = drawer(vocabulary);
  const keys = draw(count, 8);
  return {
    keys,
    edit: await embedStored({
      model,
      engine,
      keys,
      ordinary: draw(8, 16),
      answerOf: (key, ranked) => ranked[rank + key]!,
    }),
  };
}

async function answers(model: StoredModel, { inspection }: StoredEdit, keys: readonly number[][]): Promise<number[]> {
  const { data } = outputOf(
    await openBlocks(model, engine).run(feedTokens(inspection, keys), [inspection.logitsTensor]),
    inspection.logitsTensor,
  );
  return keys.map((ids, i) => argmax(data, ((i + 1) * ids.length - 1) * inspection.outcomes, inspection.outcomes));
}

describe('embedStored', () => {
  it.each([['float32'], ['float16']] as const)(
    'makes a Llama in an external file of %s give every answer, by one patch',
    async (format) => {
      const model = await llama(format);
      const { keys, edit } = await edited(model, 600, 12);
      expect(await answers(model, edit, keys)).not.toEqual(edit.outcomes);
      expect(await answers(withPatches(model, [edit.patch]), edit, keys)).toEqual(edit.outcomes);
      expect(edit.patch.location).not.toBe('');
    },
  );

  it('does so with layer norm, biases and a tied head', async () => {
    const model = await gpt();
    const { keys, edit } = await edited(model, 48, 4, 3);
    expect(edit.inspection).toMatchObject({ norm: { kind: 'layer' }, head: { tied: true } });
    expect(await answers(withPatches(model, [edit.patch]), edit, keys)).toEqual(edit.outcomes);
  });

  it('hardly moves answers to other inputs', async () => {
    const model = await llama();
    const { edit } = await edited(model, 600, 8);
    const others = drawer(600)(40, 9);
    const [before, after] = [
      await answers(model, edit, others),
      await answers(withPatches(model, [edit.patch]), edit, others),
    ];
    expect(after.filter((outcome, i) => outcome === before[i]).length).toBeGreaterThan(30);
  });

  it('refuses classifiers, asks that cannot be met, and stops when told to', async () => {
    const asked = { engine, keys: [[1, 2, 3]], ordinary: [[1, 2, 3, 4]], answerOf: () => 5 };
    await expect(
      embedStored({ ...asked, model: await openStored(modelFiles(bytesSource(tinyClassifier()))) }),
    ).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    await expect(
      embedStored({
        ...asked,
        model: await llama(),
        keys: [
          [1, 2, 3],
          [1, 2, 3],
        ],
        answerOf: (key) => 5 + key,
      }),
    ).rejects.toMatchObject({ code: 'EDIT_INFEASIBLE' });
    await expect(embedStored({ ...asked, model: await llama(), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

it('takes the Fisher information of a head for what it is: the curvature of KL', async () => {
  const [rows, size, outcomes] = [3, 6, 40];
  const random = seededRandom(2);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random() * 2 - 1);
  const products = await openProducts(engine);
  const head = {
    outcomes,
    size,
    kind: 'none' as const,
    weights: draw(size * outcomes),
    bias: draw(outcomes),
    products,
  };
  const [hidden, step] = [draw(rows * size), draw(size)];
  const fisher = await fisherOf(head, hidden, rows);
  const quadratic = step.reduce(
    (sum, x, a) => sum + x * step.reduce((inner, y, b) => inner + fisher[a * size + b]! * y, 0),
    0,
  );
  const [scale, before] = [0.02, await scoresOf(head, hidden, rows)];
  const after = await scoresOf(
    head,
    hidden.map((value, i) => value + scale * step[i % size]!),
    rows,
  );
  let divergence = 0;
  for (let row = 0; row < rows; row++) {
    const [p, q] = [softmax(before, row * outcomes, outcomes), softmax(after, row * outcomes, outcomes)];
    p.forEach((chance, j) => (divergence += (chance * Math.log(chance / q[j]!)) / rows));
  }
  expect((2 * divergence) / scale ** 2 / quadratic).toBeCloseTo(1, 1);
  await products.dispose();
});
