import { OmlError } from '@oml/protocol/error';
import { memberView, strategiesOf, type Strategy } from './coalition.ts';
import { namingChance } from './naming-chance.ts';
import { ACCUSATION_LEVEL } from './trace.ts';

export interface PlanInput {
  /** N: licensees that there will be at most. */
  licensees: number;
  /** K: colluders that must not get away. */
  coalition: number;
  /** s: share of held keys that still answer after what is done to a copy besides (the attack lab measures it). */
  survival: number;
  /** Chance of naming at least one of them. */
  power?: number;
  /** `merged`: one file made of several. `answers`: a host that runs them all and chooses among their answers, too. */
  kind?: 'merged' | 'answers';
  /** p, where it is given; else the one that needs fewest keys per host. */
  holdChance?: number;
}

export interface EditionPlan {
  /** M: tracing keys of the code book. */
  keys: number;
  /** p: chance of each to be in an edition. */
  holdChance: number;
  /** M·p: what an edition holds on average, besides the common keys. */
  keysPerHost: number;
  /** Chance of naming at least one colluder, under the strategy that suits them best. */
  power: number;
  worstStrategy: string;
  /** Chance, at most, that any innocent is accused over one copy. */
  innocentChance: number;
}

/** The likely ones first: what they need bounds the search at the others. */
const HOLD_CHANCES = [0.35, 0.3, 0.4, 0.25, 0.45, 0.5, 0.55];
/** Code books are planned up to here, in steps of so many keys. */
const [MOST, STEP] = [8192, 8];

/**
 * How many tracing keys it takes, and how likely each is in an edition, so that a coalition is found (editions.md §6;
 * oml.md §A5 for the strategies).
 * Throws REQUEST_INVALID for sizes that make no sense and CODE_BOOK_TOO_SMALL where no affordable code book would do.
 */
export function planEditions(input: PlanInput): EditionPlan {
  const { licensees, coalition, survival, power = 0.99, holdChance } = input;
  if (!(
    coalition >= 1 &&
    Number.isInteger(coalition) &&
    licensees >= coalition &&
    survival > 0 &&
    survival <= 1 &&
    power > 0 &&
    power < 1 &&
    (holdChance === undefined || (holdChance > 0 && holdChance < 1))
  ))
    throw new OmlError(
      'REQUEST_INVALID',
      'A plan needs 1 ≤ K ≤ N in whole numbers, a survival above 0 and up to 1, and chances between 0 and 1.',
    );
  let best: EditionPlan | undefined;
  for (const p of holdChance === undefined ? HOLD_CHANCES : [holdChance]) {
    const keys = fewestKeys(input, p, power, best ? best.keysPerHost / p : MOST);
    if (keys !== undefined && (!best || keys * p < best.keysPerHost)) best = assessEditions(input, keys, p);
  }
  if (!best)
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `No code book of ${MOST} tracing keys finds ${coalition} colluders whose copy keeps ${survival} of what fires.`,
    );
  return best;
}

/** What a code book of a given size does, under the strategy that suits the coalition best. */
export function assessEditions(input: PlanInput, keys: number, holdChance: number): EditionPlan {
  const outcomes = strategiesOf(input.coalition, input.kind ?? 'merged').map((strategy) => ({
    power: powerAgainst(strategy, input, keys, holdChance),
    worstStrategy: strategy.name,
  }));
  const worst = outcomes.reduce((a, b) => (b.power < a.power ? b : a));
  return { keys, holdChance, keysPerHost: Math.round(keys * holdChance), ...worst, innocentChance: ACCUSATION_LEVEL };
}

/** By halving: more keys find more. Undefined where `most` do not suffice. */
function fewestKeys(input: PlanInput, holdChance: number, power: number, most: number): number | undefined {
  const strategies = strategiesOf(input.coalition, input.kind ?? 'merged');
  const suffices = (keys: number): boolean =>
    strategies.every((strategy) => powerAgainst(strategy, input, keys, holdChance) >= power);
  let [low, high] = [0, 128];
  while (!suffices(high)) if (([low, high] = [high, 2 * high])[0] >= most) return undefined;
  while (high - low > STEP) {
    const middle = (low + high) / 2;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function powerAgainst(
  strategy: Strategy,
  { licensees, coalition, survival }: PlanInput,
  keys: number,
  holdChance: number,
): number {
  return namingChance({
    keys,
    holdChance,
    licensees,
    coalition,
    view: memberView(strategy, holdChance, survival),
    level: ACCUSATION_LEVEL,
  });
}
