import { drawsOf } from '../payers/draws.ts';
import { planCalls, type Wishes } from '../payers/plan.ts';

const DAY_MS = 86_400_000;
/** A few a day: what a host sees of a verifier must not all stand in the hour after a batch. */
const ROUNDS_A_DAY = 8;
/** As buyers do who try a model. */
const CALLS = [1, 1, 2, 2, 3, 4];

/** A purchase that looks at nothing: the same for one seed, day and number. */
export interface CoverRound {
  /** `cover-<day>-<number>`: whoever plans the day again knows it again. */
  id: string;
  /** Unix ms. */
  at: number;
  /** Whose answers: the license at this place of the list, in [0, 1). */
  place: number;
  calls: number;
}

/** The rounds of the day (UTC) of `now`, in order, at times that nothing else follows from. */
export function planCover(seed: string, now: number): CoverRound[] {
  const day = Math.floor(now / DAY_MS);
  const draws = drawsOf(`${seed}/cover/${day}`);
  const rounds = Array.from({ length: ROUNDS_A_DAY }, (_, number) => ({
    id: `cover-${day}-${number}`,
    at: day * DAY_MS + Math.floor(draws.uniform() * DAY_MS),
    place: draws.uniform(),
    calls: draws.pick(CALLS),
  }));
  return rounds.toSorted((a, b) => a.at - b.at);
}

/** What one round may take out of the purse, of a day's budget. */
export const roundBudget = (dayBudget: bigint): bigint => dayBudget / BigInt(ROUNDS_A_DAY);

/** As many of the wished calls as the payers that `planSeed` draws for them can be funded for; 0 where not one. */
export function affordableCalls(planSeed: string, wishes: Wishes, budget: bigint): number {
  for (let calls = wishes.calls; calls > 0; calls--) {
    const { hops } = planCalls(planSeed, { ...wishes, calls });
    if (hops.reduce((sum, { amount }) => sum + amount, 0n) <= budget) return calls;
  }
  return 0;
}
