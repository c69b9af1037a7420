import { binomialChances } from '../evidence/evidence.ts';

/**
 * How a coalition makes one copy of several, seen from outside: chance that a key fires, by the number of members that
 * hold it, 0 … size.
 */
export interface Strategy {
  name: string;
  fires: readonly number[];
}

/**
 * What coalitions can do. By merging weights a key that more members hold fires no less often; whoever runs all copies
 * and chooses among their answers can
 * also prefer the minority (arXiv 2502.07760, section 5). What all members hold always fires: they have nothing else to
 * answer.
 */
export function strategiesOf(size: number, kind: 'merged' | 'answers'): Strategy[] {
  const strategy = (name: string, fires: (holders: number) => number): Strategy => ({
    name,
    fires: Array.from({ length: size + 1 }, (_, holders) =>
      holders === 0 ? 0 : holders === size ? 1 : fires(holders),
    ),
  });
  const merged = [
    strategy('unanimous keys only', () => 0),
    strategy('any member', () => 1),
    strategy('a member at random', (holders) => holders / size),
    strategy('majority', (holders) => Number(2 * holders > size)),
  ];
  if (kind === 'merged' || size < 3) return merged;
  // Worst first: a plan stops at the first that fails it.
  return [
    ...[0.1, 0.3].map((share) =>
      strategy(`unanimous keys and ${share} of single ones`, (holders) => (holders === 1 ? share : 0)),
    ),
    strategy('minority', (holders) => Number(2 * holders < size)),
    ...merged,
  ];
}

/** What one member of a coalition has to do with one key. */
export interface MemberView {
  /** Chance that the key fires. */
  fires: number;
  /** Chance that the member holds it, if it fires, and if it is silent. */
  heldOfFiring: number;
  heldOfSilent: number;
}

/** A key under a strategy, where a firing key survives what is done to the copy with chance `survival`. */
export function memberView({ fires }: Strategy, holdChance: number, survival: number): MemberView {
  const others = binomialChances(fires.length - 2, holdChance);
  const chance = (own: number) => survival * others.reduce((sum, p, holders) => sum + p * fires[holders + own]!, 0);
  const [held, not] = [holdChance * chance(1), (1 - holdChance) * chance(0)];
  const both = held + not;
  return { fires: both, heldOfFiring: held / both, heldOfSilent: (holdChance - held) / (1 - both) };
}
