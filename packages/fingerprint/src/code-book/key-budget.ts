import { expectedQueries } from '../evidence/plan-test.ts';

export interface BudgetInput {
  /** Keys of the code book that may be asked. */
  keys: number;
  /** Keys that a target has seen: it can refuse them from now on. */
  spent: number;
  bits: number;
  /** Share of keys that still answer, from the attack lab. */
  survival: number;
  /** Of a check; 1e-6 carries a claim. */
  level?: number;
}

export interface KeyBudget {
  living: number;
  spent: number;
  /** Keys that one check needs on average. */
  keysPerCheck: number;
  checksLeft: number;
  /** Under a fifth is left, or not enough for one check: re-key by a new release. */
  isLow: boolean;
}

const LOW = 0.2;

/** How often a code book can still be used: every check burns its keys (research notes, A6-14). */
export function keyBudget({ keys, spent, bits, survival, level = 1e-6 }: BudgetInput): KeyBudget {
  if (!(spent >= 0 && spent <= keys)) throw new RangeError(`${spent} of ${keys} keys cannot be spent.`);
  const living = keys - spent;
  const keysPerCheck = Math.ceil(expectedQueries({ chance: 2 ** -bits, survival, level }));
  const checksLeft = Number.isFinite(keysPerCheck) ? Math.floor(living / keysPerCheck) : 0;
  return { living, spent, keysPerCheck, checksLeft, isLow: living < LOW * keys || checksLeft < 1 };
}
