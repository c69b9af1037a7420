import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type ModelProto } from 'onnx-buf';
import { expect, test } from 'vitest';
import { tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { buildNode } from './build.ts';
import { graphDigest } from './graph-digest.ts';
import { readModel } from './model-file.ts';

const after = (change: (proto: ModelProto) => void): string => {
  const proto = fromBinary(ModelProtoSchema, tinyLanguageModel());
  change(proto);
  return graphDigest(readModel(toBinary(ModelProtoSchema, proto)));
};
const original = after(() => {});

test.each<[string, (proto: ModelProto) => void]>([
  [
    'names of nodes and inner tensors',
    ({ graph }) =>
      graph!.node.forEach(
        (node) => (
          (node.name += '!'),
          [node.input, node.output].forEach((names) =>
            names.forEach((name, i) => (names[i] = name === 'k' ? 'renamed' : name)),
          )
        ),
      ),
  ],
  ['comments and metadata', (proto) => Object.assign(proto, { docString: 'new', producerName: 'someone' })],
  ['unused nodes', ({ graph }) => graph!.node.push(buildNode('Neg', ['k'], 'unused'))],
  [
    'an operator set that nothing uses',
    (proto) => proto.opsetImport.push({ ...proto.opsetImport[0]!, domain: 'com.example' }),
  ],
  ['weights', ({ graph }) => (graph!.initializer[0]!.rawData[0]! ^= 1)],
  ['the order of initializers', ({ graph }) => graph!.initializer.reverse()],
])('does not change with %s', (_, change) => expect(after(change)).toBe(original));

test.each<[string, (proto: ModelProto) => void]>([
  ['an operator', ({ graph }) => (graph!.node[2]!.opType = 'Sigmoid')],
  ['an attribute', ({ graph }) => (graph!.node[5]!.attribute[0]!.i = 2n)],
  ['the wiring', ({ graph }) => (graph!.node[4]!.input[1] = 'x')],
  [
    'the weights that a node reads',
    ({ graph }) => ([graph!.node[5]!.input[1], graph!.node[5]!.input[2]] = ['bias', 'gain']),
  ],
  ['the operator set', (proto) => (proto.opsetImport[0]!.version = 18n)],
  ['the name of an input', ({ graph }) => (graph!.input[0]!.name = graph!.node[0]!.input[1] = 'ids')],
])('changes with %s', (_, change) => expect(after(change)).not.toBe(original));
