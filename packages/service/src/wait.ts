import { isOmlError, OmlError } from '@oml/protocol/error';
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/**
 * Looks until there is something to find; an error that is retryable counts as not yet. Throws the last such error, or
 * UNAVAILABLE, after `timeoutMs`.
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { timeoutMs = 60_000, everyMs = 200 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Found> {
  let last = new OmlError('UNAVAILABLE', `${what} did not come within ${timeoutMs / 1000} s.`, { retryable: true });
  for (const endsAt = Date.now() + timeoutMs; ; await sleep(everyMs)) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (!isOmlError(error) || !error.retryable) throw error;
      last = error;
    }
    if (Date.now() >= endsAt) throw last;
  }
}
