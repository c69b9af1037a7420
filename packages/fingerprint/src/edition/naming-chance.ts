import { binomialChances } from '../evidence/evidence.ts';
import { guiltRatio } from './guilt-tail.ts';
import type { MemberView } from './coalition.ts';

export interface NamingInput {
  keys: number;
  holdChance: number;
  licensees: number;
  coalition: number;
  view: MemberView;
  /** Of any innocent being accused. */
  level: number;
}

/** Standard deviations at which the number of firing keys is looked at, with the weights of Gauss and Hermite. */
const QUADRATURE = [
  [-2.85697, 0.011257],
  [-1.355626, 0.222076],
  [0, 0.533333],
  [1.355626, 0.222076],
  [2.85697, 0.011257],
] as const;

/**
 * Chance that `traceCopy` names at least one of a coalition. Members are taken to be named independently, given how
 * many keys fire: what one of them
 * holds, the others need not, so the true chance is hardly lower (plan.test.ts compares it with simulation).
 */
export function namingChance({ keys, holdChance, licensees, coalition, view, level }: NamingInput): number {
  const deviation = Math.sqrt(keys * view.fires * (1 - view.fires));
  return QUADRATURE.reduce((sum, [at, weight]) => {
    const firing = Math.min(keys, Math.max(0, Math.round(keys * view.fires + at * deviation)));
    const one = memberNamed(firing, keys - firing, holdChance, level / licensees, view);
    return sum + weight * (1 - (1 - one) ** coalition);
  }, 0);
}

const BINS = 4096;

/**
 * Chance that one member looks guiltier than all but a share `level` of innocents; ratios are sorted into bins, which
 * is enough and costs no sorting.
 */
function memberNamed(
  firing: number,
  silent: number,
  holdChance: number,
  level: number,
  { heldOfFiring, heldOfSilent }: MemberView,
): number {
  const ratio = guiltRatio(firing, silent, holdChance);
  const [hits, misses] = [countLaws(firing, holdChance, heldOfFiring), countLaws(silent, holdChance, heldOfSilent)];
  // It rises with the firing keys that one holds and falls with the silent ones.
  const [low, high] = [ratio(hits.from, misses.to), ratio(hits.to, misses.from)];
  const [innocent, guilty] = [new Float64Array(BINS), new Float64Array(BINS)];
  for (let x = hits.from; x <= hits.to; x++)
    for (let y = misses.from; y <= misses.to; y++) {
      const bin = Math.min(
        BINS - 1,
        Math.max(0, Math.floor(((ratio(x, y) - low) / Math.max(1e-9, high - low)) * BINS)),
      );
      innocent[bin]! += hits.innocent[x]! * misses.innocent[y]!;
      guilty[bin]! += hits.guilty[x]! * misses.guilty[y]!;
    }
  let [bin, spent, power] = [BINS - 1, 0, 0];
  for (; bin >= 0 && spent + innocent[bin]! <= level; bin--) {
    spent += innocent[bin]!;
    power += guilty[bin]!;
  }
  return power;
}

/**
 * Laws of how many of `keys` an innocent and a colluder hold, and the counts that either has with any chance worth
 * counting.
 */
function countLaws(keys: number, holdChance: number, heldByGuilty: number) {
  const [innocent, guilty] = [binomialChances(keys, holdChance), binomialChances(keys, heldByGuilty)];
  const counts = innocent.flatMap((p, count) => (p > 1e-12 || guilty[count]! > 1e-6 ? [count] : []));
  return { innocent, guilty, from: counts[0]!, to: counts.at(-1)! };
}
