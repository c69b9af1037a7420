import { argmax } from '@oml/onnx/sampling';
import type { Candidate } from './candidates.ts';
import { whitenMany, type Geometry } from '../embed/geometry.ts';
import { dot } from '../embed/linear-algebra.ts';
import type { Products } from '../subject/products.ts';
import { scoreOf, type Readout } from '../subject/readout.ts';
import type { Rows } from '../subject/view.ts';

/** Share of a key's whitened length that must be its own, tried in turn: keys that look alike to the site would answer for each other. */
const OWN_SHARES = [0.5, 0.25, 0.1];

/**
 * Picks the `count` rows whose edit costs least and that differ from each other, or fewer if there are not enough. Rows without candidates are
 * left out.
 */
export async function chooseKeys(rows: Rows, candidates: readonly (Candidate[] | undefined)[], geometry: Geometry, readout: Readout, products: Products, count: number): Promise<number[]> {
  const white = await whitenMany(geometry, rows.keys, rows.count, products);
  const size = geometry.keySize;
  const usable = Array.from({ length: rows.count }, (_, row) => row).filter((row) => candidates[row] !== undefined);
  const damage = new Map(usable.map((row) => [row, damageOf(rows, row, candidates[row]!, geometry, readout) / dot(white, row * size, white, row * size, size)]));
  const ranked = usable.sort((a, b) => damage.get(a)! - damage.get(b)!);
  const chosen = new Set<number>();
  const basis: Float32Array[] = [];
  for (const share of OWN_SHARES)
    for (const row of ranked) {
      if (chosen.size === count) return [...chosen];
      const rest = chosen.has(row) ? undefined : ownPart(white.subarray(row * size, (row + 1) * size), basis, share);
      if (!rest) continue;
      basis.push(rest);
      chosen.add(row);
    }
  return [...chosen];
}

/** Mean over the candidates of what it costs to lift one over the usual answer with the merge margin, per unit of leverage. */
function damageOf(rows: Rows, row: number, candidates: readonly Candidate[], { cheapDirections }: Geometry, readout: Readout): number {
  const size = readout.hiddenSize;
  const scale = readout.scale(rows.hidden, row * size);
  const top = argmax(rows.scores, row * readout.outcomes, readout.outcomes);
  const score = (outcome: number) => scoreOf(readout, rows.hidden, row * size, outcome);
  const costs = candidates.map(({ outcome }) => {
    const push = (2 * (score(top) - score(outcome)) + 1) * scale;
    return push ** 2 / distanceSquared(readout.directions, cheapDirections, outcome, top, size);
  });
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

/** (d_a − d_b)ᵀ A⁻¹ (d_a − d_b). */
export function distanceSquared(directions: Float64Array, cheap: Float64Array, a: number, b: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (directions[a * size + i]! - directions[b * size + i]!) * (cheap[a * size + i]! - cheap[b * size + i]!);
  return sum;
}

/** The part of a vector outside the basis, of length 1, if it holds at least `share` of the squared length. */
function ownPart(vector: Float32Array, basis: readonly Float32Array[], share: number): Float32Array | undefined {
  const size = vector.length;
  const whole = dot(vector, 0, vector, 0, size);
  const rest = Float32Array.from(vector);
  let left = whole;
  for (const unit of basis) {
    const along = dot(unit, 0, rest, 0, size);
    left -= along * along;
    if (left < share * whole) return undefined;
    for (let i = 0; i < size; i++) rest[i]! -= along * unit[i]!;
  }
  const length = Math.sqrt(dot(rest, 0, rest, 0, size));
  return rest.map((value) => value / length);
}
