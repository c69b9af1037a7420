import { combineLogE, weighEvidence, type Evidence } from './e-process.ts';

/** What came first out of a host for a key whose answer is an ordered pair. */
export interface PairAnswer {
  /** Is it the first answer, the second, another candidate of the key, or none of them? */
  shown: 'first' | 'second' | 'other' | 'none';
  /** Candidates of the key, 2^bits. */
  candidates: number;
}

/**
 * Evidence that a host removes its likeliest answers: then the second answers show. Which candidate is first and which
 * second was drawn
 * after the commitment, so among answers that are candidates at all an unrelated model shows the second with chance
 * 1/n, whatever it does.
 * Answers outside the list are no evidence either way and are left out. Both readings are weighed, and their e-values
 * averaged.
 */
export function weighSuppressed(answers: readonly PairAnswer[], tests = 1): Evidence {
  const listed = answers.filter(({ shown }) => shown !== 'none');
  const reading = (which: PairAnswer['shown']) =>
    weighEvidence(
      listed.map(({ shown, candidates }) => ({ hit: shown === which, chance: 1 / candidates })),
      1,
    );
  const [first, second] = [reading('first'), reading('second')];
  // The mean of two supermartingales is one; its running maximum is bounded by the mean of theirs only, so the end
  // counts here.
  const logE = combineLogE([first.logE, second.logE], false);
  const rung =
    logE >= Math.log(tests / 1e-9)
      ? 'listing'
      : logE >= Math.log(tests / 1e-6)
        ? 'claim'
        : logE >= Math.log(tests / 1e-3)
          ? 'notice'
          : undefined;
  const verdict = rung === 'claim' || rung === 'listing' ? 'match' : 'inconclusive';
  return {
    verdict,
    ...(rung ? { rung } : {}),
    logE,
    highestLogE: logE,
    hits: Math.max(first.hits, second.hits),
    answered: listed.length,
  };
}
