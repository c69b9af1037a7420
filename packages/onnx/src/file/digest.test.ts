import { createHash } from 'node:crypto';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { isOmlError } from '@oml/protocol/error';
import fc from 'fast-check';
import { ModelProtoSchema, type GraphProto, type ModelProto, type NodeProto } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { handBuilt, trained } from '../../test-support/architectures/all.ts';
import { externalFiles, inlineFiles } from '../../test-support/external-data.ts';
import { externalEverywhere, randomGraph } from '../../test-support/random-graphs.ts';
import { scrambled } from '../../test-support/scrambled.ts';
import { haveSharedModels } from '../../test-support/shared-models.ts';
import { plainForm } from '../../test-support/plain-form.ts';
import { tinyClassifier, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { buildModel, buildNode, buildValue } from './build.ts';
import { bytesSource, modelFiles, type ModelFiles } from './byte-source.ts';
import { fileDigest, weightsDigest } from './digest.ts';
import { readModel } from './model-file.ts';
import { openStored } from './stored-model.ts';

const REFUSALS = new Set(['MODEL_NOT_ONNX', 'MODEL_TOO_LARGE', 'MODEL_INVALID', 'MODEL_UNSUPPORTED']);
const digestOf = (file: Uint8Array) => weightsDigest(readModel(file));
const storedDigestOf = async (files: ModelFiles) => weightsDigest(await openStored(files));
/** The digest, or why there is none. */
const outcome = (action: () => Promise<string>): Promise<string> =>
  Promise.resolve()
    .then(action)
    .catch((error: unknown) => {
      if (isOmlError(error) && REFUSALS.has(error.code)) return error.code;
      throw error;
    });
const seed = fc.integer({ min: 0, max: 2 ** 31 });
const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const flipped = (bytes: Uint8Array, share: number, bit: number): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes);
  copy[Math.floor(share * copy.length)]! ^= 1 << bit;
  return copy;
};

/** y = opType(x, value): no initializer at all. */
const net = (opType: string, value: number) =>
  buildModel('net', {
    input: [buildValue('x', 1, [1])],
    output: [buildValue('y', 1, ['n'])],
    node: [buildNode('Constant', [], 'c', { value_float: value }), buildNode(opType, ['x', 'c'], 'y')],
  });

test('is what its description says', async () => {
  const H = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const attribute = ['value_float', 1, '', '0.5', '0', '', '', '', [], [], [], [], [], '', [], '', []];
  const constant = H(['node', '', 'Constant', '', [attribute], [], [1]]);
  const product = H(['node', '', 'Mul', '', [], [H(['input', 0, 0]), H(['output', constant, 0])], [1]]);
  const inputs = [['x', ['tensor', 1, ['1']]]];
  const outputs = [['y', H(['output', product, 0]), ['tensor', 1, ['?']]]];
  const graph = H(['graph', inputs, outputs, [constant, product].sort(), [], []]);
  expect(await digestOf(net('Mul', 0.5))).toBe(`0x${H(['oml-model-1', '8', [['', '17']], [], [], graph])}`);
});

test('never changes for a file that stays', async () => {
  // Other programs compute it too: a new value here is a new format, with another tag than oml-model-1.
  const lasting = [
    '0x6c0abee1621c5f88d8355b29e8bb073e40679742ae500b4a13383719a9788afd',
    '0xbe5d0276296397aba2db1d9225cf4a28851efcbdda9c61fc17e8d1a36d61d45a',
  ];
  expect(await Promise.all([tinyClassifier(), randomGraph(7)].map(digestOf))).toEqual(lasting);
});

test('three nets without any initializer have three digests', async () => {
  const digests = await Promise.all([net('Mul', 2), net('Mul', 3), net('Add', 2)].map(digestOf));
  expect(new Set(digests).size).toBe(3);
});

describe('is the same', () => {
  test('for any renaming and any order, of small graphs of everything', () =>
    fc.assert(
      fc.asyncProperty(seed, seed, async (graph, order) => {
        const file = randomGraph(graph);
        expect(await digestOf(scrambled(file, seededRandom(order)))).toBe(await digestOf(file));
      }),
      { numRuns: 150 },
    ));

  test.each(Object.entries({ ...handBuilt, ...trained }))('for any renaming and any order, of %s', async (_, make) => {
    const file = make();
    const digest = await digestOf(file);
    for (const order of [1, 2, 3]) expect(await digestOf(scrambled(file, seededRandom(order)))).toBe(digest);
    expect(await storedDigestOf(inlineFiles(file))).toBe(digest);
    expect(await storedDigestOf(externalFiles(scrambled(file, seededRandom(4))))).toBe(digest);
  });

  test('wherever the numbers lie, also those of bodies and attributes', () =>
    fc.assert(
      fc.asyncProperty(seed, async (graph) => {
        const file = randomGraph(graph);
        expect(await storedDigestOf(externalEverywhere(file).files)).toBe(await digestOf(file));
        expect(await storedDigestOf(inlineFiles(file))).toBe(await digestOf(file));
      }),
      { numRuns: 100 },
    ));
});

describe('any bit', () => {
  /** Another digest, or refused, or nothing but a name or a comment is another. */
  const check = async (file: Uint8Array, changed: Uint8Array) => {
    const before = await digestOf(file);
    for (const after of [
      await outcome(() => digestOf(changed)),
      await outcome(() => storedDigestOf(inlineFiles(changed))),
    ])
      if (after === before) expect(plainForm(changed)).toEqual(plainForm(file));
  };

  test('of small graphs of everything changes it, is refused, or is of a name or a comment', () =>
    fc.assert(
      fc.asyncProperty(seed, position, fc.nat(7), (graph, share, bit) => {
        const file = randomGraph(graph);
        return check(file, flipped(file, share, bit));
      }),
      { numRuns: 1500 },
    ));

  test('of a name, taken from a body beside it, is of a name', () => {
    const file = randomGraph(258_488_055);
    return check(file, flipped(file, 0.101_838, 1));
  });

  test('of external data changes it', () =>
    fc.assert(
      fc.asyncProperty(seed, position, fc.nat(7), async (graph, share, bit) => {
        const { model, data, files } = externalEverywhere(randomGraph(graph));
        fc.pre(data.length > 0);
        const source = bytesSource(flipped(data, share, bit));
        const changed = modelFiles(bytesSource(model), new Map([['w.data', source]]));
        expect(await outcome(() => storedDigestOf(changed))).not.toBe(await storedDigestOf(files));
      }),
      { numRuns: 200 },
    ));

  test.skipIf(!haveSharedModels).each(Object.entries(trained))('of %s does as well', async (_, make) => {
    const file = make();
    const random = seededRandom(11);
    for (let i = 0; i < 12; i++) await check(file, flipped(file, random(), Math.floor(8 * random())));
  });
});

describe('is another', () => {
  const nested = () => {
    const x = buildValue('i', 1, [1]);
    const inner = { input: [x], output: [buildValue('o', 1, [1])], node: [buildNode('Neg', ['i'], 'o')] };
    const proto = fromBinary(
      ModelProtoSchema,
      buildModel('outer', {
        input: [buildValue('a', 1, [1]), buildValue('b', 1, [1])],
        output: [buildValue('y', 1, [1])],
        node: [buildNode('Loop', ['a', 'b'], 'y', { f: 0, i: 0n })],
      }),
    );
    const body = fromBinary(ModelProtoSchema, buildModel('body', inner)).graph!;
    const innermost = fromBinary(ModelProtoSchema, buildModel('innermost', inner)).graph!;
    Object.assign(innermost.input[0]!, { name: 'j' });
    innermost.node[0]!.input = ['j'];
    innermost.output[0]!.name = innermost.node[0]!.output[0] = 'p';
    bodyOf(body.node[0]!, innermost);
    bodyOf(proto.graph!.node[0]!, body);
    return proto;
  };
  const bodyOf = (node: NodeProto, g: GraphProto) =>
    Object.assign(node.attribute[0] ?? add(node), { name: 'body', type: 5, g });
  const add = (node: NodeProto) => {
    node.attribute.push(buildNode('x', [], 'x', { body: 0n }).attribute[0]!);
    return node.attribute[0]!;
  };
  const innermostOf = (proto: ModelProto) => proto.graph!.node[0]!.attribute[0]!.g!.node[0]!.attribute[0]!.g!;
  const attributesOf = (proto: ModelProto) => proto.graph!.node[0]!.attribute;

  test.each<[string, (proto: ModelProto) => void]>([
    ['a body reads the input of the body around it', (p) => (innermostOf(p).node[0]!.input[0] = 'i')],
    ['a body reads the input of the model', (p) => (innermostOf(p).node[0]!.input[0] = 'a')],
    ['an operator deep inside is another', (p) => (innermostOf(p).node[0]!.opType = 'Abs')],
    ['a float is minus zero', (p) => (attributesOf(p)[1]!.f = -0)],
    ['a float is no number', (p) => (attributesOf(p)[1]!.f = NaN)],
    ['a float is infinite', (p) => (attributesOf(p)[1]!.f = Infinity)],
    ['an attribute has another name', (p) => (attributesOf(p)[1]!.name = 'g')],
    ['two inputs change places', (p) => p.graph!.node[0]!.input.reverse()],
    ['an input of the model has another name', (p) => (p.graph!.input[0]!.name = p.graph!.node[0]!.input[0] = 'c')],
    ['an input has another dim', (p) => (p.graph!.input[0] = buildValue('a', 1, [2]))],
    ['an input has a free dim', (p) => (p.graph!.input[0] = buildValue('a', 1, ['n']))],
    ['the operator set is another', (p) => (p.opsetImport[0]!.version = 18n)],
    ['the IR version is another', (p) => (p.irVersion = 9n)],
    ['a node that nothing needs is there', (p) => p.graph!.node.push(buildNode('Neg', ['a'], 'unused'))],
    ['a node stands there twice', (p) => p.graph!.node.push({ ...p.graph!.node[0]!, output: ['again'] })],
    ['a further output is used', (p) => p.graph!.node[0]!.output.push('second')],
  ])('if %s', async (_, change) => {
    const [before, after] = [nested(), nested()];
    attributesOf(before)[1]!.f = attributesOf(after)[1]!.f = 0;
    change(after);
    const [first, second] = [before, after].map((proto) => digestOf(toBinary(ModelProtoSchema, proto)));
    expect(await second).not.toBe(await first);
  });

  test('if one number of an initializer that nothing reads changes', async () => {
    const proto = fromBinary(ModelProtoSchema, tinyClassifier());
    const spare = { ...proto.graph!.initializer[0]!, name: 'spare' };
    proto.graph!.initializer.push(spare);
    const before = await digestOf(toBinary(ModelProtoSchema, proto));
    spare.rawData = flipped(spare.rawData, 0.5, 0);
    expect(await digestOf(toBinary(ModelProtoSchema, proto))).not.toBe(before);
  });
});

describe('there is none', () => {
  const refused = async (change: (graph: GraphProto) => void) => {
    const proto = fromBinary(ModelProtoSchema, tinyLanguageModel());
    change(proto.graph!);
    return outcome(() => digestOf(toBinary(ModelProtoSchema, proto)));
  };
  test('for a body that reads what nothing makes', async () => {
    const body = fromBinary(ModelProtoSchema, tinyClassifier()).graph!;
    body.node[0]!.input[0] = 'nothing';
    const nodeWith = (node: NodeProto) => {
      node.attribute = [{ ...buildNode('x', [], 'x', { body: 0n }).attribute[0]!, type: 5, g: body }];
      return node;
    };
    expect(await refused((graph) => graph.node.push(nodeWith(buildNode('If', ['x'], 'z'))))).toBe('MODEL_INVALID');
  });
  test('for values out of the range of their type, and for values in two fields', async () => {
    const first = (graph: GraphProto, values: object) => Object.assign(graph.initializer[0]!, values);
    const bytes = { dataType: 3, dims: [1n], rawData: new Uint8Array() };
    expect(await refused((graph) => first(graph, { ...bytes, int32Data: [300] }))).toBe('MODEL_INVALID');
    expect(await refused((graph) => first(graph, { int64Data: [3n] }))).toBe('MODEL_INVALID');
  });
});

test('a chain of 20,000 nodes is hashed without a word about depth', async () => {
  const node = Array.from({ length: 20_000 }, (_, i) => buildNode('Neg', [`n${i}`], `n${i + 1}`));
  const [input, output] = [[buildValue('n0', 1, [1])], [buildValue('n20000', 1, [1])]];
  expect(await digestOf(buildModel('chain', { input, output, node }))).toMatch(/^0x[0-9a-f]{64}$/);
});

test('the digest of a file is its SHA-256, from memory and from a source', async () => {
  const file = tinyClassifier();
  const expected = `0x${createHash('sha256').update(file).digest('hex')}`;
  expect(await fileDigest(file)).toBe(expected);
  expect(await fileDigest(bytesSource(file))).toBe(expected);
});
