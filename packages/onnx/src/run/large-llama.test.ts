import { expect, test } from 'vitest';
import { largeLlama } from '../../test-support/large-llama.ts';
import { bytesSource, joinBytes, modelFiles } from '../file/byte-source.ts';
import { openStored } from '../file/stored-model.ts';
import { inspectModel } from '../inspect/inspect.ts';
import { probeFeeds } from '../inspect/probe-feeds.ts';
import { proveSite } from '../inspect/prove-site.ts';
import { openBlocks } from './blocks.ts';
import { nodeEngine } from './runner-node.ts';

test.each(['float32', 'float16'] as const)(
  'the generator of large models, at a small size in %s, gives a model that is proven and runs in blocks',
  async (format) => {
    const { model, location, parameters, chunks } = largeLlama({
      layers: 3,
      size: 64,
      inner: 160,
      heads: 2,
      vocabulary: 300,
      context: 16,
      format,
    });
    const stored = await openStored(
      modelFiles(bytesSource(model), new Map([[location, bytesSource(joinBytes([...chunks()]))]])),
    );
    const inspection = inspectModel(stored);
    expect(parameters).toBe(2 * 300 * 64 + 3 * (4 * 64 * 64 + 3 * 64 * 160 + 2 * 64) + 64);
    expect(inspection).toMatchObject({
      kind: 'language',
      dtype: format,
      outcomes: 300,
      site: { keySize: 160, hiddenSize: 64 },
      norm: { kind: 'rms' },
    });
    const engine = nodeEngine({ threads: 1 });
    await proveSite(stored, inspection, engine, { maxWholeBytes: 0 });
    const names = [inspection.site.keyTensor, inspection.site.hiddenTensor, 'logits'];
    const feeds = probeFeeds(inspection, 1);
    const [whole, parts] = [
      await openBlocks(stored, engine).run(feeds, names),
      await openBlocks(stored, engine, { maxBlockBytes: 100_000 }).run(feeds, names),
    ];
    for (const name of names)
      parts[name]!.data.forEach((value, i) => expect(value).toBeCloseTo(whole[name]!.data[i]!, 4));
  },
);
