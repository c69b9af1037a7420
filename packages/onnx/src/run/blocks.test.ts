import { describe, expect, test } from 'vitest';
import { handBuilt, trained } from '../../test-support/architectures/all.ts';
import { gptModel } from '../../test-support/architectures/gpt.ts';
import { externalFiles, inlineFiles } from '../../test-support/external-data.ts';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { readModel } from '../file/model-file.ts';
import { openStored } from '../file/stored-model.ts';
import { exposeTensors } from '../inspect/graph.ts';
import { inspectModel } from '../inspect/inspect.ts';
import { probeFeeds } from '../inspect/probe-feeds.ts';
import { planBlocks } from './block-plan.ts';
import { openBlocks } from './blocks.ts';
import { nodeEngine } from './runner-node.ts';

const engine = nodeEngine({ threads: 1 });
const furthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
const largest = (a: Float32Array) => a.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);

describe.each(Object.entries({ ...handBuilt, ...trained }))('%s', (name, make) => {
  const bytes = make();
  test('gives block by block what it gives whole', async () => {
    const inspection = inspectModel(readModel(bytes));
    const names = [...new Set([inspection.site.keyTensor, inspection.site.hiddenTensor, inspection.logitsTensor])];
    const feeds = probeFeeds(inspection, 3);
    const whole = await engine.open(exposeTensors(readModel(bytes), names));
    const expected = await whole.run(feeds, names);
    await whole.dispose();
    const stored = await openStored(externalFiles(bytes));
    const limit = inspection.dtype === 'float16' && name.includes('operators') ? 1e-2 : 2e-5;
    for (const maxBlockBytes of [1, 20_000, 2 ** 30]) {
      const outputs = await openBlocks(stored, engine, { maxBlockBytes }).run(feeds, names);
      for (const tensor of names) {
        expect(outputs[tensor]!.dims).toEqual(expected[tensor]!.dims);
        expect(
          furthest(outputs[tensor]!.data, expected[tensor]!.data) / largest(expected[tensor]!.data),
          tensor,
        ).toBeLessThan(limit);
      }
    }
  });
});

describe('a plan', () => {
  const { graph } = readModel(gptModel());
  const bytesOf = (tensor: { rawData: Uint8Array }) => tensor.rawData.length;

  test('holds no more weights at a time than it may, and cuts at the residual sums', () => {
    const blocks = planBlocks(graph, ['logits'], { bytesOf, maxBytes: 30_000 });
    expect(blocks.length).toBeGreaterThan(2);
    for (const block of blocks)
      expect(block.initializer.reduce((sum, tensor) => sum + bytesOf(tensor), 0)).toBeLessThanOrEqual(30_000);
    const sums = new Set(graph.node.filter((node) => node.opType === 'Add').map((node) => node.output[0]));
    for (const block of blocks.slice(1, -1)) expect(block.outputs.filter((name) => sums.has(name)).length).toBe(1);
  });
  test('leaves out what the wanted tensors do not need', () => {
    const { site } = inspectModel(readModel(gptModel()));
    const nodes = planBlocks(graph, [site.keyTensor], { bytesOf, maxBytes: 1e9 }).flatMap((block) => block.node);
    expect(nodes.length).toBeLessThan(graph.node.length);
    expect(nodes.flatMap((node) => node.input)).not.toContain(site.initializer);
  });
});

test('batches of several lengths pass while each block is loaded once', async () => {
  const stored = await openStored(inlineFiles(tinyLanguageModel()));
  let opened = 0;
  const shares: number[] = [];
  const counting = { open: (model: Uint8Array) => (opened++, engine.open(model)) };
  const runner = openBlocks(stored, counting, { maxBlockBytes: 5000, onProgress: (share) => shares.push(share) });
  const feeds = [3, 5].map((length) => ({
    input_ids: {
      dtype: 'int64' as const,
      dims: [1, length],
      data: BigInt64Array.from({ length }, (_, i) => BigInt(i)),
    },
  }));
  const dims: (readonly number[])[] = [];
  await runner.runBatches(feeds, ['logits'], (batch, { logits }) => void (dims[batch] = logits!.dims));
  expect(dims).toEqual([
    [1, 3, 128],
    [1, 5, 128],
  ]);
  expect(opened).toBe(shares.length);
  expect(shares.at(-1)).toBe(1);
});

test('a missing input and a cancelled run have their codes', async () => {
  const stored = await openStored(inlineFiles(tinyLanguageModel()));
  await expect(openBlocks(stored, engine).run({})).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(openBlocks(stored, engine, { signal: AbortSignal.abort() }).run({})).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
