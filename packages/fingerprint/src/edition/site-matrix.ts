import type { EditSite } from '@oml/onnx/inspection';
import { readModel } from '@oml/onnx/model-file';
import { readFloats } from '@oml/onnx/tensor';
import { OmlError } from '@oml/protocol/error';

/** The edited matrix of a model file in the order of the file. Throws EDITION_INVALID where it is not there. */
export function storedMatrix(
  { initializer, keySize, hiddenSize }: EditSite,
  file: Uint8Array,
): Float32Array<ArrayBuffer> {
  const tensor = readModel(file).graph.initializer.find(({ name }) => name === initializer);
  const weights = tensor && readFloats(tensor);
  if (weights?.length !== keySize * hiddenSize)
    throw new OmlError('EDITION_INVALID', `This model has no matrix "${initializer}" of that size.`);
  return weights;
}

/** The edited matrix of a model file, [keySize, hiddenSize]. Throws EDITION_INVALID. */
export function siteMatrix(site: EditSite, file: Uint8Array): Float32Array<ArrayBuffer> {
  const { transposed, keySize, hiddenSize } = site;
  const weights = storedMatrix(site, file);
  if (!transposed) return weights;
  return Float32Array.from(weights, (_, i) => weights[(i % hiddenSize) * keySize + Math.floor(i / hiddenSize)]!);
}
