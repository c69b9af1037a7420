import { returnTensors } from '@oml/onnx/graph';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf } from '@oml/onnx/runner';
import { inBatches } from './language-view.ts';
import type { Subject } from './subject.ts';

/**
 * What the edited matrix multiplies at the last token of each sequence, [sequences, keySize]. The graph ends there:
 * neither head nor scores are computed.
 */
export async function lastKeys(
  { engine, model, inspection }: Subject,
  sequences: readonly number[][],
): Promise<Float32Array> {
  const { keyTensor, keySize } = inspection.site;
  const keys = new Float32Array(sequences.length * keySize);
  const runner = await engine.open(returnTensors(model, [keyTensor]));
  try {
    await inBatches(sequences, async (batch, rows) => {
      const { data } = outputOf(await runner.run(feedTokens(inspection, batch), [keyTensor]), keyTensor);
      const length = batch[0]!.length;
      rows.forEach((row, i) =>
        keys.set(data.subarray(((i + 1) * length - 1) * keySize, (i + 1) * length * keySize), row * keySize),
      );
    });
    return keys;
  } finally {
    await runner.dispose();
  }
}
