import { describe, expect, test } from 'vitest';
import { cachedLlamaModel, genaiLlamaModel } from '../../test-support/architectures/llama.ts';
import { externalFiles, externalized, inlineFiles } from '../../test-support/external-data.ts';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { fileDigest, weightsDigest } from '../file/digest.ts';
import { readModel, writeModel } from '../file/model-file.ts';
import { quantizeInt4 } from '../rewrite/int4.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { webEngine } from '../run/runner-web.ts';
import { examineModel } from './examine.ts';

const engine = nodeEngine({ threads: 1 });

test('tells digests, site and proof, and its progress', async () => {
  const stages: string[] = [];
  const found = await examineModel(externalFiles(tinyLanguageModel()), {
    engine,
    onProgress: ({ stage }) => stages.push(stage),
  });
  expect(found).toMatchObject({
    finding: 'proven',
    inspection: { kind: 'language' },
    facts: { opsets: { '': 17 }, operators: { MatMul: 3 }, inputs: ['input_ids'] },
  });
  expect(found.digest).toBe(await weightsDigest(readModel(tinyLanguageModel())));
  expect(found.fileDigest).toBe(await fileDigest(externalized(tinyLanguageModel()).model));
  expect([...new Set(stages)]).toEqual(['graph', 'digest', 'proof']);
});

describe('gives as finding, with a reason,', () => {
  const files = inlineFiles(tinyLanguageModel());
  test('unproven without an engine, above the size that is loaded, or where the engine does not come', async () => {
    expect(await examineModel(files)).toMatchObject({
      finding: 'unproven',
      reason: expect.stringMatching(/no engine/),
    });
    expect(await examineModel(files, { engine, maxProofBytes: 10 })).toMatchObject({
      finding: 'unproven',
      reason: expect.stringMatching(/bytes/),
    });
    expect(await examineModel(files, { engine: webEngine({ wasmPaths: 'file:///nowhere/' }) })).toMatchObject({
      finding: 'unproven',
      reason: expect.stringMatching(/could not be loaded/),
    });
  });
  test('readOnly for packed weights', async () => {
    const packed = quantizeInt4(readModel(genaiLlamaModel())).bytes;
    expect(await examineModel(inlineFiles(packed), { engine })).toMatchObject({
      finding: 'readOnly',
      inspection: { dtype: 'packed' },
      facts: { operators: { 'com.microsoft.MatMulNBits': 15 } },
    });
  });
  test('refused for a graph without a site, digests all the same', async () => {
    const model = readModel(tinyLanguageModel());
    Object.assign(model.graph.node.at(-1)!, { opType: 'Add', input: ['normed', 'residual'] });
    const found = await examineModel(inlineFiles(writeModel(model)), { engine });
    expect(found).toMatchObject({
      finding: 'refused',
      reason: expect.stringMatching(/scores come from Add/),
      digest: await weightsDigest(model),
    });
  });
  test('refused for a graph that does something else than it seems to', async () => {
    const model = readModel(cachedLlamaModel());
    model.graph.initializer.find(({ name }) => name === 'causal')!.rawData.fill(0);
    expect(await examineModel(inlineFiles(writeModel(model)), { engine })).toMatchObject({
      finding: 'refused',
      reason: expect.stringMatching(/later tokens/),
    });
  });
});

test('stops when told to', async () => {
  await expect(examineModel(inlineFiles(tinyLanguageModel()), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
