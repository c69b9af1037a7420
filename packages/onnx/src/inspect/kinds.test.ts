import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { bytesSource, modelFiles } from '../file/byte-source.ts';
import { buildModel, buildNode, buildTensor, buildValue, type GraphParts } from '../file/build.ts';
import { readModel } from '../file/model-file.ts';
import { readied } from '../rewrite/ready.ts';
import { Classifier } from '../run/classifier.ts';
import { nodeEngine } from '../run/runner-node.ts';
import { seededRandom } from '../run/seeded-random.ts';
import { examineModel } from './examine.ts';

const { FLOAT } = TensorProto_DataType;
const engine = nodeEngine({ threads: 1 });
const random = seededRandom(7);
const floats = (name: string, dims: number[], least = -1): TensorProto =>
  buildTensor(
    name,
    FLOAT,
    dims,
    Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => least + random() * 2),
  );

const INPUT = [buildValue('x', FLOAT, ['n', 6])];
const WEIGHTS = [floats('w', [6, 4]), floats('b', [4])];
const LAYER = [buildNode('MatMul', ['x', 'w'], 'xw'), buildNode('Add', ['xw', 'b'], 'z')];
const scores = (...names: string[]) => names.map((name) => buildValue(name, FLOAT));

const file = ({ node = [], output = scores('y'), input = INPUT, initializer = [] }: Partial<GraphParts>) =>
  buildModel('kind', { node: [...LAYER, ...node], input, output, initializer: [...WEIGHTS, ...initializer] });
const examine = (bytes: Uint8Array) => examineModel(modelFiles(bytesSource(bytes)), { engine });

/** As Paddle writes weights. */
const constant = (tensor: TensorProto): NodeProto =>
  create(NodeProtoSchema, {
    opType: 'Constant',
    output: [tensor.name],
    attribute: [create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t: tensor })],
  });

async function answers(bytes: Uint8Array, rows = 6): Promise<number[]> {
  const classifier = await Classifier.open({ model: bytes }, engine);
  const draw = seededRandom(3);
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    const data = Float32Array.from({ length: 6 }, () => draw() * 4 - 2);
    labels.push((await classifier.classify({ shape: [6], data })).label);
  }
  await classifier.dispose();
  return labels;
}

describe('kinds of classifiers that others export are proven:', () => {
  test('weights in Constant nodes, which become initializers of the same answers', async () => {
    const bytes = buildModel('constants', {
      node: [...WEIGHTS.map(constant), ...LAYER, buildNode('Softmax', ['z'], 'y')],
      input: INPUT,
      output: scores('y'),
    });
    expect(await examine(bytes)).toMatchObject({
      finding: 'proven',
      inspection: { outcomes: 4, site: { keySize: 6 } },
    });
    const ready = readied(readModel(bytes));
    expect(ready.graph.initializer.map(({ name }) => name)).toEqual(['w', 'b']);
    expect(await answers(ready.bytes)).toEqual(await answers(bytes));
    expect(readied(ready)).toBe(ready);
  });

  test.each([
    ['BatchNormalization', buildNode('BatchNormalization', ['z', 'g', 's', 'm', 'v'], 'y'), 0.2],
    ['Mul', buildNode('Mul', ['z', 'g'], 'y'), 0.2],
    ['Div by negative numbers too', buildNode('Div', ['z', 'g'], 'y'), -1.01],
  ])('a %s behind the last layer, folded into it', async (_, node, least) => {
    const initializer = [floats('g', [4], least), floats('s', [4]), floats('m', [4]), floats('v', [4], 0.1)];
    const used = initializer.filter(({ name }) => node.input.includes(name));
    const bytes = file({ node: [node], initializer: used });
    expect(await examine(bytes)).toMatchObject({ finding: 'proven', inspection: { output: 'y' } });
    const ready = readied(readModel(bytes));
    expect(ready.graph.node.some(({ opType }) => opType === node.opType)).toBe(false);
    const runs = await Promise.all([bytes, ready.bytes].map((each) => engine.open(each)));
    const x = { dtype: 'float32' as const, dims: [2, 6], data: Float32Array.from({ length: 12 }, (_, i) => i / 5 - 1) };
    const [before, after] = await Promise.all(runs.map(async (run) => (await run.run({ x })).y!.data));
    before!.forEach((value, i) => expect(after![i]).toBeCloseTo(value, 4));
    await Promise.all(runs.map((run) => run.dispose()));
  });

  test('Sigmoid, Tanh, LogSoftmax over scores', async () => {
    for (const opType of ['Sigmoid', 'Tanh', 'LogSoftmax', 'LeakyRelu'])
      expect(await examine(file({ node: [buildNode(opType, ['z'], 'y')] }))).toMatchObject({ finding: 'proven' });
  });

  test('a duelling network, whose value is added to all classes alike', async () => {
    const node = [
      buildNode('ReduceMean', ['z'], 'mean', { axes: [1n], keepdims: 1n }),
      buildNode('Sub', ['z', 'mean'], 'lead'),
      buildNode('MatMul', ['x', 'value'], 'one'),
      buildNode('Add', ['one', 'lead'], 'y'),
    ];
    const bytes = file({ node, initializer: [floats('value', [6, 1])] });
    expect(await examine(bytes)).toMatchObject({ finding: 'proven', inspection: { logitsTensor: 'z', output: 'y' } });
  });

  test('the output that holds scores, of several', async () => {
    const node = [buildNode('MatMul', ['x', 'value'], 'value_of'), buildNode('Softmax', ['z'], 'y')];
    const bytes = file({ node, output: scores('value_of', 'y'), initializer: [floats('value', [6, 1])] });
    expect(await examine(bytes)).toMatchObject({ finding: 'proven', inspection: { output: 'y', outcomes: 4 } });
  });

  test('a state that is only handed through', async () => {
    const input = [...INPUT, buildValue('state_in', FLOAT, ['s'])];
    const node = [buildNode('Identity', ['z'], 'y'), buildNode('Identity', ['state_in'], 'state_out')];
    const bytes = file({ input, node, output: scores('y', 'state_out') });
    expect(await examine(bytes)).toMatchObject({ finding: 'proven' });
    expect(await answers(bytes)).toHaveLength(6);
  });

  test('one item without a batch around it', async () => {
    const bytes = file({ input: [buildValue('x', FLOAT, ['size'])], node: [buildNode('Identity', ['z'], 'y')] });
    expect(await examine(bytes)).toMatchObject({
      finding: 'proven',
      inspection: { input: { dims: [1, 6], isBare: true } },
    });
    expect(await answers(bytes)).toEqual(await answers(file({ node: [buildNode('Identity', ['z'], 'y')] })));
  });
});

describe('what cannot be marked is refused with node, cause and way out:', () => {
  test.each([
    [
      'one score',
      file({
        output: scores('one'),
        node: [buildNode('MatMul', ['x', 'v'], 'one')],
        initializer: [floats('v', [6, 1])],
      }),
      /"one" tells one score, and a key needs 3/,
    ],
    [
      'another last node',
      file({ node: [buildNode('Relu', ['z'], 'y')] }),
      /Relu \("y"\).*softmax over one, can be marked/,
    ],
    [
      'two questions',
      file({ input: [...INPUT, buildValue('q', FLOAT, ['n', 4])], node: [buildNode('Add', ['z', 'q'], 'y')] }),
      /2 inputs together \(x: float32, q: float32\)/,
    ],
    [
      'several places',
      buildModel('places', {
        node: [...LAYER, buildNode('Softmax', ['z'], 'y')],
        input: [buildValue('x', FLOAT, ['n', 't', 6])],
        output: [buildValue('y', FLOAT, ['n', 't', 4])],
        initializer: WEIGHTS,
      }),
      /4 scores for each of several places/,
    ],
    [
      'a scale per class that no layer can take in',
      file({
        node: [buildNode('Relu', ['z'], 'r'), buildNode('Mul', ['r', 'g'], 'y')],
        initializer: [floats('g', [4])],
      }),
      /Mul \("y"\)/,
    ],
  ])('%s', async (_, bytes, reason) => {
    expect(await examine(bytes)).toMatchObject({ finding: 'refused', reason: expect.stringMatching(reason) });
  });
});
