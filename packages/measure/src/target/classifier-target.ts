import type { OnnxModel } from '@oml/onnx/model-file';
import { describeSite } from '@oml/onnx/inspect';
import { exposeTensors } from '@oml/onnx/graph';
import { feedValues } from '@oml/onnx/run/feeds';
import { outputOf, type Engine } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';

/** What a classifier says of items, row by row. */
export interface Seen {
  count: number;
  /** [count, classes], before any softmax. */
  logits: Float32Array;
  /** [count, featureSize]: what its last layer reads. */
  features: Float32Array;
}

/** A classifier to be measured. */
export interface ClassifierTarget {
  classes: number;
  featureSize: number;
  /** Values of one item. */
  itemSize: number;
  /** Throws REQUEST_INVALID where the values are not whole items. */
  see(values: Float32Array, onProgress?: (share: number) => void): Promise<Seen>;
  close(): Promise<void>;
}

const BATCH = 64;

/** A classifier out of a file. Throws MODEL_UNSUPPORTED for a language model, and what the engine throws. */
export async function classifierTarget(model: OnnxModel, engine: Engine): Promise<ClassifierTarget> {
  const inspection = describeSite(model);
  if (inspection.kind !== 'classifier' || inspection.reads !== 'values')
    throw new OmlError('MODEL_UNSUPPORTED', 'This method measures classifiers that read values; this is none.');
  const { site, logitsTensor, outcomes: classes } = inspection;
  const runner = await engine.open(exposeTensors(model, [logitsTensor, site.keyTensor]));
  const [fixed, ...item] = inspection.input.dims;
  const itemSize = item.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  const rows = fixed ?? BATCH;

  const see: ClassifierTarget['see'] = async (values, onProgress) => {
    const count = values.length / itemSize;
    if (!Number.isInteger(count) || count === 0)
      throw new OmlError('REQUEST_INVALID', `${values.length} values are not whole items of ${itemSize}.`);
    const seen = { count, logits: new Float32Array(count * classes), features: new Float32Array(count * site.keySize) };
    for (let from = 0; from < count; from += rows) {
      const taken = Math.min(rows, count - from);
      // Some files fix the batch: the rest of it stays zero.
      const batch = new Float32Array((fixed ?? taken) * itemSize);
      batch.set(values.subarray(from * itemSize, (from + taken) * itemSize));
      const outputs = await runner.run(feedValues(inspection, batch, fixed ?? taken), [logitsTensor, site.keyTensor]);
      seen.logits.set(outputOf(outputs, logitsTensor).data.subarray(0, taken * classes), from * classes);
      seen.features.set(outputOf(outputs, site.keyTensor).data.subarray(0, taken * site.keySize), from * site.keySize);
      onProgress?.((from + taken) / count);
    }
    return seen;
  };
  return { classes, featureSize: site.keySize, itemSize, see, close: () => runner.dispose() };
}
