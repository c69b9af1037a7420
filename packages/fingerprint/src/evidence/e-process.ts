/**
 * One answered key in a test of any kind. Refusals, errors and time-outs are no answers: leave them out and count them
 * apart.
 */
export interface Answered {
  hit: boolean;
  /**
   * Highest chance that a model without this fingerprint hits, 0 < chance < 1: by the beacon at most 2^−bits, or
   * measured on a control panel.
   */
  chance: number;
}

/**
 * What follows from so much evidence, after division by the number of licenses tested alongside: a private notice,
 * grounds for a claim, a public
 * listing. Below the first nothing follows; in particular not innocence, since suppression is cheap.
 */
export const LADDER = [
  { level: 1e-3, means: 'notice' },
  { level: 1e-6, means: 'claim' },
  { level: 1e-9, means: 'listing' },
] as const;
export type Rung = (typeof LADDER)[number]['means'];

export interface Evidence {
  verdict: 'match' | 'inconclusive';
  /** The highest rung reached; undefined below the first. */
  rung?: Rung;
  /** ln of the e-value, at the end and at its highest: by Ville's inequality the highest counts, wherever one stops. */
  logE: number;
  highestLogE: number;
  hits: number;
  answered: number;
}

/** Survival rates that the alternative mixes over: a bet on each, so that none has to be guessed. */
const SURVIVALS = [0.1, 0.2, 0.4, 0.6, 0.8, 0.98];

/**
 * Weighs answers one after another by a mixture of likelihood ratios, Π s/q for hits and Π (1−s)/(1−q) for misses.
 * Under "no fingerprint" it is a
 * supermartingale that starts at 1: the chance that it ever reaches 1/α is at most α, at any stopping time (Ville).
 * `tests`: licenses or models tested in the same period; the ladder is divided by it (union bound). `match` from the
 * rung `claim` on.
 */
export function weighEvidence(answers: Iterable<Answered>, tests = 1): Evidence {
  if (!(tests >= 1)) throw new RangeError('At least one license is tested.');
  const bets = SURVIVALS.map(() => -Math.log(SURVIVALS.length));
  const found = { logE: 0, highestLogE: 0, hits: 0, answered: 0 };
  for (const { hit, chance } of answers) {
    if (!(chance > 0 && chance < 1)) throw new RangeError(`A chance of ${chance} is none: it lies between 0 and 1.`);
    SURVIVALS.forEach((survival, i) => {
      // A bet that a fingerprint answers less often than chance would gain by misses, which prove nothing.
      const s = Math.max(survival, chance);
      bets[i]! += hit ? Math.log(s / chance) : Math.log((1 - s) / (1 - chance));
    });
    found.hits += Number(hit);
    found.answered += 1;
    found.logE = logSum(bets);
    found.highestLogE = Math.max(found.highestLogE, found.logE);
  }
  return judged(found, tests);
}

/**
 * The same evidence with that of another channel behind it, whose chance does not hang on the answers': the last step
 * of the same supermartingale, so that the highest value counts as before.
 */
export function withChannel(evidence: Evidence, logE: number, tests = 1): Evidence {
  const { hits, answered } = evidence;
  const total = evidence.logE + logE;
  return judged({ hits, answered, logE: total, highestLogE: Math.max(evidence.highestLogE, total) }, tests);
}

function judged(found: Omit<Evidence, 'verdict' | 'rung'>, tests: number): Evidence {
  const reached = LADDER.filter(({ level }) => found.highestLogE >= Math.log(tests / level)).at(-1);
  const verdict = reached !== undefined && reached.means !== 'notice' ? 'match' : 'inconclusive';
  return { verdict, ...(reached ? { rung: reached.means } : {}), ...found };
}

/** e-values of channels that do not depend on each other multiply; of others their mean is still one. Returns ln e. */
export function combineLogE(logs: readonly number[], independent: boolean): number {
  if (logs.length === 0) return 0;
  return independent ? logs.reduce((a, b) => a + b, 0) : logSum(logs.map((log) => log - Math.log(logs.length)));
}

function logSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return top === -Infinity ? -Infinity : top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
}
