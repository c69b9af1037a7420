import { OmlError } from '@oml/protocol/error';
import { describe, expect, it } from 'vitest';
import { until } from './wait.ts';

/** Answers one after the other, then the last for ever; errors are thrown. */
function answers(...given: unknown[]): () => Promise<unknown> {
  return async () => {
    const next = given.length > 1 ? given.shift() : given[0];
    if (next instanceof Error) throw next;
    return next;
  };
}
const busy = new OmlError('UNAVAILABLE', 'Nothing answers.', { retryable: true });

describe('until', () => {
  it('looks again until there is something, through what may be tried again', async () => {
    expect(await until('it', answers(undefined, busy, undefined, 'found'), { everyMs: 1 })).toBe('found');
  });

  it('passes on at once what trying again will not mend', async () => {
    const wrong = new OmlError('REQUEST_INVALID', 'No.');
    await expect(until('it', answers(wrong, 'never seen'), { everyMs: 1 })).rejects.toBe(wrong);
    const broken = new Error('broken');
    await expect(until('it', answers(broken, 'never seen'), { everyMs: 1 })).rejects.toBe(broken);
  });

  it('names what did not come, or why', async () => {
    const options = { timeoutMs: 0, everyMs: 1 };
    await expect(until('the beacon', answers(undefined), options)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: 'the beacon did not come within 0 s.',
    });
    await expect(until('the beacon', answers(busy), options)).rejects.toBe(busy);
  });
});
