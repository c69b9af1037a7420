import { argmax, softmax } from '@oml/onnx/sampling';

/**
 * What calibration is about: of each item how sure the model was, whether rightly, and how near it is to known ones.
 */
export interface ConfidenceRows {
  /** From 0 to 1. */
  confidence: Float64Array;
  /** 1 where the likeliest class is the true one. */
  correct: Uint8Array;
  /** From 0, far from all that is known, to 1. */
  proximity: Float64Array;
}

/** Confidence and truth of the likeliest class of each row of logits [count, classes], at a temperature. */
export function confidenceOf(
  logits: Float32Array,
  labels: Uint8Array,
  classes: number,
  temperature = 1,
): Pick<ConfidenceRows, 'confidence' | 'correct'> {
  const rows = { confidence: new Float64Array(labels.length), correct: new Uint8Array(labels.length) };
  for (const [row, label] of labels.entries()) {
    const chances = softmax(logits, row * classes, classes, temperature);
    const best = argmax(chances);
    rows.confidence[row] = chances[best]!;
    rows.correct[row] = Number(best === label);
  }
  return rows;
}

/** The rows of these indices. */
export function rowsAt(rows: ConfidenceRows, indices: Int32Array): ConfidenceRows {
  return {
    confidence: Float64Array.from(indices, (row) => rows.confidence[row]!),
    correct: Uint8Array.from(indices, (row) => rows.correct[row]!),
    proximity: Float64Array.from(indices, (row) => rows.proximity[row]!),
  };
}
