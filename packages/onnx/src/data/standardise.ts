/**
 * `(value − mean) / deviation`, where means take turns every `run` values: one for all, or one for each column or bin.
 */
export function standardise(
  values: Float32Array,
  { mean, deviation }: { mean: readonly number[]; deviation: readonly number[] },
  run = 1,
): Float32Array {
  return values.map((value, at) => {
    const turn = Math.floor(at / run);
    return (value - mean[turn % mean.length]!) / deviation[turn % deviation.length]!;
  });
}
