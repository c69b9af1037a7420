import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { handBuilt, trained } from '../../test-support/architectures/all.ts';
import { cachedLlamaModel } from '../../test-support/architectures/llama.ts';
import { externalFiles, inlineFiles } from '../../test-support/external-data.ts';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { buildNode } from '../file/build.ts';
import { weightsDigest } from '../file/digest.ts';
import { loadModel } from '../file/inline.ts';
import { readModel } from '../file/model-file.ts';
import { openStored } from '../file/stored-model.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { inspectModel } from './inspect.ts';
import { proveSite } from './prove-site.ts';

const engine = nodeEngine({ threads: 1 });
const prove = async (bytes: Uint8Array, maxWholeBytes?: number) => {
  const stored = await openStored(inlineFiles(bytes));
  return proveSite(stored, inspectModel(stored), engine, { maxWholeBytes });
};

describe.each(Object.entries({ ...handBuilt, ...trained }))('%s', (_, make) => {
  const bytes = make();
  test('keeps its outputs bit for bit under an edit of zero, and follows a real edit as predicted', async () => {
    const proof = await prove(bytes);
    expect(proof.rows).toBeGreaterThan(1);
  });
  test('is proven block by block as well', async () => {
    expect((await prove(bytes, 0)).rows).toBeGreaterThan(1);
  });
  test('is the same model with its weights beside it', async () => {
    const [stored, whole] = [await openStored(externalFiles(bytes)), readModel(bytes)];
    expect(inspectModel(stored)).toEqual(inspectModel(whole));
    expect(await weightsDigest(stored)).toBe(await weightsDigest(whole));
    expect(await weightsDigest(await loadModel(stored))).toBe(await weightsDigest(whole));
  });
});

describe('is not proven', () => {
  const changed = (bytes: Uint8Array, change: (graph: GraphProto) => void) => {
    const proto = fromBinary(ModelProtoSchema, bytes);
    change(proto.graph!);
    return toBinary(ModelProtoSchema, proto);
  };
  const node = (graph: GraphProto, output: string) => graph.node.find((n) => n.output[0] === output)!;

  test('a decoder that sees later tokens', async () => {
    const blind = changed(cachedLlamaModel(), (graph) =>
      graph.initializer.find((t) => t.name === 'causal')!.rawData.fill(0),
    );
    await expect(prove(blind)).rejects.toThrow(/later tokens/);
  });
  test('a norm that is not what it looks like', async () => {
    const odd = changed(tinyLanguageModel(), (graph) => {
      Object.assign(node(graph, 'normed'), { name: 'straight', output: ['straight'] });
      graph.node.splice(graph.node.length - 1, 0, buildNode('Mul', ['straight', 'straight'], 'normed'));
    });
    await expect(prove(odd)).rejects.toThrow(/do not follow/);
  });
});
