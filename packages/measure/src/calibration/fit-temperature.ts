import { softmax } from '@oml/onnx/sampling';

const [COLDEST, HOTTEST, STEPS] = [0.05, 20, 60];
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature at which labels are likeliest: min_T −Σ log softmax(z / T)_label (Guo et al. 2017, §4.2), by golden
 * section over log T. The likeliest class stays the same.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array, classes: number): number {
  const scratch = new Float64Array(classes);
  const loss = (log: number): number => {
    let sum = 0;
    for (const [row, label] of labels.entries()) {
      const chances = softmax(logits, row * classes, classes, Math.exp(log), scratch);
      sum -= Math.log(Math.max(chances[label]!, Number.MIN_VALUE));
    }
    return sum;
  };
  let [low, high] = [Math.log(COLDEST), Math.log(HOTTEST)];
  for (let step = 0; step < STEPS; step++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}
