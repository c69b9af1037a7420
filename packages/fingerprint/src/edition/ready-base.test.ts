import { create } from '@bufbuild/protobuf';
import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { rebuildModel } from '@oml/onnx/rewrite/rebuild';
import { nodeEngine } from '@oml/onnx/runner-node';
import { readFloats } from '@oml/onnx/tensor';
import { readFileSync } from 'node:fs';
import { AttributeProto_AttributeType, AttributeProtoSchema, NodeProtoSchema, type TensorProto } from 'onnx-buf';
import { expect, test } from 'vitest';
import { openSubject } from '../subject/subject.ts';
import { deriveEdition, type Prepared } from './edition.ts';
import { readPrepared, writePrepared } from './prepared-file.ts';

const digits = readModel(
  new Uint8Array(readFileSync(new URL('../../../../models/digits/model.onnx', import.meta.url))),
);

/** As Paddle writes weights: in nodes. */
const nodeOf = (tensor: TensorProto) =>
  create(NodeProtoSchema, {
    opType: 'Constant',
    output: [tensor.name],
    attribute: [create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t: tensor })],
  });

const inNodes = ({ graph, ...model }: OnnxModel): Uint8Array =>
  rebuildModel({ graph, ...model }, { node: [...graph.initializer.map(nodeOf), ...graph.node], initializer: [] }).bytes;

test('a model whose weights are constants of its graph is opened, kept and derived from as one that can be edited', () => {
  const base = inNodes(digits);
  const subject = openSubject({ model: base }, nodeEngine());
  const { site } = subject.inspection;
  expect(subject.inspection).toMatchObject({ kind: 'classifier', outcomes: 10 });
  const values = new Float32Array(site.keySize * site.hiddenSize).fill(0.5);
  const prepared: Prepared = {
    base: subject.model.bytes,
    site,
    common: [{ initializer: site.initializer, values }],
    atoms: { count: 0, duals: new Float32Array(), shifts: new Float32Array(), margins: [] },
    commonCount: 1,
    tracingCount: 0,
  };
  const edition = deriveEdition(readPrepared(writePrepared(prepared), base), []);
  const weights = (file: Uint8Array) =>
    readFloats(readModel(file).graph.initializer.find(({ name }) => name === site.initializer)!);
  const clean = weights(subject.model.bytes);
  weights(edition).forEach((value, i) => expect(value).toBeCloseTo(clean[i]! + 0.5, 5));
});

test('a model that can be edited as it is stays that file', () => {
  expect(openSubject({ model: digits.bytes }, nodeEngine()).model.bytes).toBe(digits.bytes);
});
