const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const WEEKS_S = 14 * DAY_S;

/** What the protocol gives people time for (§5, §7), in seconds. */
const PROTOCOL = {
  claimMinAge: 25 * HOUR_S,
  answerWindow: 3 * DAY_S,
  proveWindow: 7 * DAY_S,
  potWindow: 7 * DAY_S,
  batchOpenWindow: 14 * DAY_S,
  unstakeDelay: 7 * DAY_S,
  voteWindow: 4 * DAY_S,
  revealWindow: 2 * DAY_S,
  appealWindow: 4 * DAY_S,
  freezePeriod: 14 * DAY_S,
  exitDelay: 21 * DAY_S,
  repeatWindow: 90 * DAY_S,
};
export type ShortRules = typeof PROTOCOL;

/** What a busy machine needs, however short the weeks are. Seconds. */
const LEAST: Partial<ShortRules> = {
  claimMinAge: 20,
  answerWindow: 40,
  voteWindow: 120,
  revealWindow: 60,
  batchOpenWindow: 240,
  proveWindow: 240,
};

/**
 * The protocol's durations, so much shorter that two weeks pass in `minutes`: the time of a chain cannot be moved on
 * under agents that compare it with their clocks, so its windows are drawn together instead. What machines and x402
 * need (an hour to anchor in, the delay of a channel) stays as it is.
 */
export function shortRules(minutes: number): ShortRules {
  const share = (minutes * 60) / WEEKS_S;
  const names = Object.keys(PROTOCOL) as (keyof ShortRules)[];
  const short = Object.fromEntries(
    names.map((name) => [name, Math.max(LEAST[name] ?? 1, Math.round(PROTOCOL[name] * share))]),
  ) as ShortRules;
  // No exit outruns a hearing or an answer, which the least of those may have made longer.
  const hearing = 3 * (short.voteWindow + short.revealWindow) + 1;
  return { ...short, exitDelay: Math.max(short.exitDelay, hearing, short.claimMinAge + 2 * short.answerWindow) };
}

/** From the last audit that is begun to the end of what it claims, with room for a busy machine. Seconds. */
export const tailOf = ({ claimMinAge, answerWindow }: ShortRules): number => 1.25 * (claimMinAge + answerWindow) + 120;
