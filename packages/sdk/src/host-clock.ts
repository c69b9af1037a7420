import { OmlError } from '@oml/protocol/error';

/** By no more is a clock corrected, seconds: so much longer is a signature good at most where a host lies. */
export const MOST_SKEW_S = 300;
/** `Date` has whole seconds, and an answer takes its time. */
const NO_SKEW_S = 2;

/**
 * How far a host's clock is ahead of this one, in seconds, by the `Date` of its answer; 0 where it names none, or the
 * difference is too small to tell.
 */
export function aheadOf(response: Response): number {
  const ahead = Math.round((Date.parse(response.headers.get('date') ?? '') - Date.now()) / 1_000);
  return Number.isNaN(ahead) || Math.abs(ahead) <= NO_SKEW_S ? 0 : ahead;
}

/** The same, to sign by. Throws CLOCK_OFF where the clocks differ by more than is corrected. */
export function skewOf(response: Response): number {
  const ahead = aheadOf(response);
  if (Math.abs(ahead) <= MOST_SKEW_S) return ahead;
  const by = Math.round(Math.abs(ahead) / 60);
  const side = ahead > 0 ? 'behind' : 'ahead of';
  throw new OmlError(
    'CLOCK_OFF',
    `This clock is ${by} min ${side} the host’s, so nothing was signed. Set it, or choose another host.`,
    { details: { hostAheadSeconds: ahead } },
  );
}

/** The host's time at an answer, Unix seconds, as far as it may differ from ours. */
export const hostNow = (response: Response): number =>
  Math.floor(Date.now() / 1_000) + Math.max(-MOST_SKEW_S, Math.min(MOST_SKEW_S, aheadOf(response)));
