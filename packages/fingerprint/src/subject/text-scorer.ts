import { returnTensors } from '@oml/onnx/graph';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf } from '@oml/onnx/runner';
import { transpose } from '../algebra/linear-algebra.ts';
import { openProducts } from '../algebra/products.ts';
import { readoutOf } from './readout.ts';
import type { Subject } from './subject.ts';

/**
 * Scores what comes next after sequences of one length: up to the last hidden state by the engine, the head at the last
 * position only.
 */
export interface TextScorer {
  /** Scores after the last token, [sequences, outcomes]. */
  score(sequences: readonly number[][]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export async function openTextScorer(subject: Subject): Promise<TextScorer> {
  const { hiddenTensor, hiddenSize } = subject.inspection.site;
  const readout = readoutOf(subject);
  const { outcomes, offsets } = readout;
  const turned = Float32Array.from(transpose(readout.directions, outcomes, hiddenSize));
  const [runner, products] = [
    await subject.engine.open(returnTensors(subject.model, [hiddenTensor])),
    await openProducts(subject.engine),
  ];
  return {
    async score(sequences) {
      const { data } = outputOf(
        await runner.run(feedTokens(subject.inspection, sequences), [hiddenTensor]),
        hiddenTensor,
      );
      const length = sequences[0]!.length;
      const states = new Float32Array(sequences.length * hiddenSize);
      sequences.forEach((_, row) => {
        const at = ((row + 1) * length - 1) * hiddenSize;
        const scale = readout.scale(data, at);
        for (let a = 0; a < hiddenSize; a++) states[row * hiddenSize + a] = data[at + a]! / scale;
      });
      const scores = await products.multiply(states, turned, sequences.length, hiddenSize, outcomes);
      for (let i = 0; i < scores.length; i++) scores[i]! += offsets[i % outcomes]!;
      return scores;
    },
    dispose: async () => void (await Promise.all([runner.dispose(), products.dispose()])),
  };
}
