import { describe, expect, test } from 'vitest';
import { handBuilt } from '../../test-support/architectures/all.ts';
import { haveSharedModels, languageFiles } from '../../test-support/shared-models.ts';
import { distance, outputs } from '../../test-support/outputs.ts';
import { readModel, type OnnxModel } from '../file/model-file.ts';
import { inspectModel } from '../inspect/inspect.ts';
import { probeFeeds } from '../inspect/probe-feeds.ts';
import { addWeightNoise } from './noise.ts';
import { quantizeInt4, roundInt4 } from './int4.ts';
import { quantizeInt8 } from './int8.ts';
import { mergeLinear, mergeSlerp } from './merge.ts';
import { pruneWeights } from './prune.ts';
import { roundWeights, storeWeights } from './round.ts';
import { weightTensors } from './weights.ts';

describe.each(Object.entries(handBuilt))('%s', (name, make) => {
  const model = readModel(make());
  const inspection = inspectModel(model);
  const rewrites: Record<string, (model: OnnxModel) => OnnxModel> = {
    float16: (m) => roundWeights(m, 'float16'),
    bfloat16: (m) => storeWeights(m, 'bfloat16'),
    int8: (m) => quantizeInt8(m, { granularity: 'column' }),
    int4: roundInt4,
    nbits: quantizeInt4,
    prune: (m) => pruneWeights(m, 0.02),
    noise: (m) => addWeightNoise(m, { fraction: 0.01, seed: 1 }),
    merge: (m) => mergeSlerp(m, addWeightNoise(m, { fraction: 0.02, seed: 2 }), 0.5),
  };
  test('runs after every rewrite, and gives nearly what it gave', async () => {
    const run = (m: OnnxModel) => outputs(m, probeFeeds(inspection, 1), inspection.output);
    const exact = await run(model);
    for (const [kind, rewrite] of Object.entries(rewrites)) {
      if (name.endsWith('in float16') && ['int8', 'nbits'].includes(kind)) {
        expect(() => rewrite(model), kind).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
        continue;
      }
      expect(distance(exact, await run(rewrite(model))), kind).toBeLessThan(
        kind === 'int4' || kind === 'nbits' ? 0.7 : 0.25,
      );
    }
  });
});

test.skipIf(!haveSharedModels)('a real Llama keeps its tables and runs after every rewrite', async () => {
  const model = readModel(languageFiles('stories260k').model);
  expect(weightTensors(model).length).toBe(1 + 5 * 7);
  const feeds = {
    input_ids: {
      dtype: 'int64' as const,
      dims: [1, 16],
      data: BigInt64Array.from({ length: 16 }, (_, i) => BigInt(i === 0 ? 1 : 260 + 9 * i)),
    },
  };
  const exact = await outputs(model, feeds);
  const limits = {
    float16: 0.01,
    bfloat16: 0.05,
    int8: 0.1,
    column: 0.05,
    int4: 0.4,
    nbits: 0.4,
    prune: 0.3,
    noise: 0.3,
  };
  const rewrites = {
    float16: storeWeights(model, 'float16'),
    bfloat16: storeWeights(model, 'bfloat16'),
    int8: quantizeInt8(model),
    column: quantizeInt8(model, { granularity: 'column' }),
    int4: roundInt4(model),
    nbits: quantizeInt4(model),
    prune: pruneWeights(model, 0.1),
    noise: addWeightNoise(model, { fraction: 0.03, seed: 1 }),
  };
  for (const [name, limit] of Object.entries(limits)) {
    const rewritten = rewrites[name as keyof typeof rewrites];
    const error = distance(exact, await outputs(rewritten, feeds));
    expect(error, name).toBeGreaterThan(0);
    expect(error, name).toBeLessThan(limit);
  }
  expect(distance(await outputs(rewrites.int4, feeds), await outputs(rewrites.nbits, feeds))).toBeLessThan(1e-5);
  const merged = distance(exact, await outputs(mergeLinear(rewrites.noise, model, 0.5), feeds));
  expect(merged).toBeLessThan(distance(exact, await outputs(rewrites.noise, feeds)));
  expect(Math.abs(merged - distance(exact, await outputs(mergeSlerp(rewrites.noise, model, 0.5), feeds)))).toBeLessThan(
    1e-3,
  );
});
