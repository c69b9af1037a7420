/** Features of items, row by row. */
export interface FeatureRows {
  /** [count, size]. */
  data: Float32Array;
  size: number;
}

/** How near items are to those of a reference set. */
export interface ProximityScale {
  reference: FeatureRows;
  neighbours: number;
  /** The median of the mean distance of reference items to each other: what a distance is measured in. */
  unit: number;
}

/**
 * Proximity of an item to a reference set: exp(− mean distance to its K nearest neighbours there), in features before
 * the last layer (Xiong et al., arXiv 2306.04590, §3: D(X) = exp(−1/K Σ dist(X, X_i)), K = 10). Distances are measured
 * in the median of the reference's own, so that it does not hang on how large a model's features are.
 */
export function proximityScale(reference: FeatureRows, neighbours: number): ProximityScale {
  const count = reference.data.length / reference.size;
  const own = Float64Array.from({ length: count }, (_, row) =>
    meanDistance(reference, reference, row, neighbours, row),
  );
  const unit = own.toSorted()[count >> 1] ?? 0;
  return { reference, neighbours, unit: unit > 0 ? unit : 1 };
}

/** Of each row. With `isReference` the rows are the reference's own, and none is its own neighbour. */
export function proximities(
  { reference, neighbours, unit }: ProximityScale,
  rows: FeatureRows,
  { isReference = false } = {},
): Float64Array {
  const count = rows.data.length / rows.size;
  return Float64Array.from({ length: count }, (_, row) =>
    Math.exp(-meanDistance(reference, rows, row, neighbours, isReference ? row : -1) / unit),
  );
}

/** Mean Euclidean distance of a row to its nearest `neighbours` rows, `without` one of them. */
function meanDistance(
  reference: FeatureRows,
  rows: FeatureRows,
  row: number,
  neighbours: number,
  without: number,
): number {
  const { data, size } = reference;
  const count = data.length / size;
  const nearest = new Float64Array(neighbours).fill(Infinity);
  for (let other = 0; other < count; other++) {
    if (other === without) continue;
    const worst = nearest[neighbours - 1]!;
    let sum = 0;
    for (let i = 0; i < size && sum < worst; i++) {
      const d = rows.data[row * size + i]! - data[other * size + i]!;
      sum += d * d;
    }
    if (sum < worst) insert(nearest, sum);
  }
  const found = nearest.filter(Number.isFinite);
  return found.reduce((sum, square) => sum + Math.sqrt(square), 0) / Math.max(1, found.length);
}

/** Into its place from below; what was last falls out. */
function insert(sorted: Float64Array, value: number): void {
  let at = sorted.length - 1;
  while (at > 0 && sorted[at - 1]! > value) {
    sorted[at] = sorted[at - 1]!;
    at--;
  }
  sorted[at] = value;
}
