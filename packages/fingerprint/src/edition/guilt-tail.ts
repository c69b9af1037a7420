import { binomialChances } from '../evidence/evidence.ts';

/**
 * How much of what it could at most have a colluder is taken to have in the keys that fire: nothing is known of the
 * attack, so all are weighed alike.
 */
const GUILT = [0.3, 0.6, 0.85, 0.97];

/**
 * Chance that an innocent looks at least as guilty as one who holds `hits` of the firing and `misses` of the silent
 * keys. For an innocent
 * both are binomial and independent, and every pair of counts is looked at: exact. "Guilty" is the likelihood ratio of
 * a colluder, averaged over
 * {@link GUILT} (Neyman and Pearson's lemma): it weighs firing against silent keys as the copy deserves, where their
 * plain difference loses a
 * coalition that lets only unanimous keys fire.
 */
export function guiltTail(
  firing: number,
  silent: number,
  holdChance: number,
): (hits: number, misses: number) => number {
  const ratio = guiltRatio(firing, silent, holdChance);
  const [x, y] = [binomialChances(firing, holdChance), binomialChances(silent, holdChance)];
  const width = silent + 1;
  const ratios = Float64Array.from({ length: (firing + 1) * width }, (_, cell) =>
    ratio(Math.floor(cell / width), cell % width),
  );
  const order = Uint32Array.from(ratios, (_, cell) => cell).sort((a, b) => ratios[b]! - ratios[a]!);
  const sums = new Float64Array(order.length);
  order.forEach((cell, i) => (sums[i] = (sums[i - 1] ?? 0) + x[Math.floor(cell / width)]! * y[cell % width]!));
  return (hits, misses) => Math.min(1, sums[lastAtLeast(ratios[hits * width + misses]!, ratios, order)]!);
}

/** Logarithm of the averaged likelihood ratio of a colluder against an innocent. */
export function guiltRatio(firing: number, silent: number, p: number): (hits: number, misses: number) => number {
  const share = firing / Math.max(1, firing + silent);
  const most = share === 0 ? p : Math.min(1, p / share);
  const weights = GUILT.map((guilt) => {
    // A colluder holds the firing keys more often than others, and the silent ones by so much less.
    const more = guilt * (most - p);
    const hit = logRatios(p + more, p);
    const miss = logRatios(share === 1 ? p : p - (more * share) / (1 - share), p);
    return { hit: hit.held - hit.not, miss: miss.held - miss.not, base: firing * hit.not + silent * miss.not };
  });
  return (hits, misses) => {
    let [top, sum] = [-Infinity, 0];
    for (const { hit, miss, base } of weights) top = Math.max(top, base + hits * hit + misses * miss);
    for (const { hit, miss, base } of weights) sum += Math.exp(base + hits * hit + misses * miss - top);
    return top + Math.log(sum / weights.length);
  };
}

const logRatios = (chance: number, p: number) => ({
  held: Math.log(chance / p),
  not: Math.log((1 - chance) / (1 - p)),
});

/** Last place in the descending order whose ratio is at least this one. */
function lastAtLeast(ratio: number, ratios: Float64Array, order: Uint32Array): number {
  let [low, high] = [0, order.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ratios[order[middle]!]! >= ratio) low = middle;
    else high = middle - 1;
  }
  return low;
}
