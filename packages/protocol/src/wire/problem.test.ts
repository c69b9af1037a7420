import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES, isOmlErrorCode, OmlError, type OmlErrorCode } from '../error.ts';
import { errorOfProblem, problemOf } from './problem.ts';

const codes = Object.keys(CODES) as OmlErrorCode[];

describe('problems', () => {
  it.each(codes)('%s comes back as the error it was', (code) => {
    const error = new OmlError(code, 'said so');
    const problem = problemOf(error);
    expect(problem).toMatchObject({ code, status: CODES[code].status, type: `https://oml.dev/problems/${code}` });
    const back = errorOfProblem(problem.status, JSON.parse(JSON.stringify(problem)), { who: 'The host' });
    expect(back).toMatchObject({ code, message: 'said so', retryable: error.retryable });
  });

  it('never take a stranger’s word for a code of ours', () => {
    for (const code of ['MADE_UP', 'toString', '__proto__', '']) {
      const error = errorOfProblem(418, { code, detail: 'no' }, { who: 'The host' });
      expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'no', details: { status: 418, theirCode: code } });
    }
  });

  it('are read from any body without throwing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.anything(), (status, body) => {
        const error = errorOfProblem(status, body, { who: 'The host' });
        expect(isOmlErrorCode(error.code)).toBe(true);
        expect(error.message).not.toBe('');
      }),
    );
    expect(errorOfProblem(502, undefined, { who: 'The host' })).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The host answered 502 without saying why.',
      retryable: true,
    });
  });

  it('say nothing of what is not ours', () =>
    expect(JSON.stringify(problemOf(new Error('password is hunter2')))).not.toContain('hunter2'));
});
