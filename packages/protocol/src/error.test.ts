import { describe, expect, it } from 'vitest';
import { CODES, OmlError, type OmlErrorCode } from './error.ts';

describe('the table of codes', () => {
  it.each(Object.keys(CODES) as OmlErrorCode[])('%s has a status of a refusal and a sentence', (code) => {
    const { status, says } = CODES[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(says).toMatch(/^[A-Z].*\.$/);
  });

  it('speaks for an error that says nothing itself, and leaves the last word to whoever throws', () => {
    expect(new OmlError('UNAVAILABLE')).toMatchObject({ message: CODES.UNAVAILABLE.says, retryable: true });
    expect(new OmlError('UNAVAILABLE', 'Gone for good.', { retryable: false })).toMatchObject({
      message: 'Gone for good.',
      retryable: false,
    });
  });
});
