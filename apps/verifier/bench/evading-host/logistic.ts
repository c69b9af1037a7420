import type { Classifier, Example } from './classifier.ts';

/** Logistic regression on standardised features, by gradient descent with momentum; a little ridge. */
const STEPS = 200;
const RATE = 0.5;
const MOMENTUM = 0.9;
const RIDGE = 1e-3;

export function fitLogistic(examples: readonly Example[]): Classifier {
  const scale = scaleOf(examples);
  const rows = examples.map(({ features }) => scale(features));
  const width = rows[0]?.length ?? 0;
  const weights = new Float64Array(width);
  const speed = new Float64Array(width);
  for (let step = 0; step < STEPS; step++) {
    const slope = Float64Array.from(weights, (weight) => RIDGE * weight);
    rows.forEach((row, i) => {
      const miss = (chanceOf(weights, row) - Number(examples[i]!.isProbe)) / rows.length;
      for (let k = 0; k < width; k++) slope[k]! += miss * row[k]!;
    });
    for (let k = 0; k < width; k++) {
      speed[k] = MOMENTUM * speed[k]! - RATE * slope[k]!;
      weights[k]! += speed[k]!;
    }
  }
  return (features) => chanceOf(weights, scale(features));
}

/** Mean 0 and deviation 1, and one more that is always 1. */
function scaleOf(examples: readonly Example[]): (features: readonly number[]) => Float64Array {
  const width = examples[0]?.features.length ?? 0;
  const mean = (of: (example: Example) => number) => examples.reduce((sum, one) => sum + of(one), 0) / examples.length;
  const middles = Array.from({ length: width }, (_, k) => mean(({ features }) => features[k]!));
  const spreads = middles.map((middle, k) => Math.sqrt(mean(({ features }) => (features[k]! - middle) ** 2)) || 1);
  return (features) => Float64Array.from([...features.map((value, k) => (value - middles[k]!) / spreads[k]!), 1]);
}

function chanceOf(weights: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += weights[k]! * row[k]!;
  return 1 / (1 + Math.exp(-sum));
}
