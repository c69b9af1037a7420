import { describe, expect, it } from 'vitest';
import { tookWords, uptimeWords } from './endpoint-words.ts';

describe('an endpoint', () => {
  it('is up all the time only where no look was in vain', () => {
    expect(uptimeWords({ looks: 288, up: 288 })).toBe('100 %');
    expect(uptimeWords({ looks: 2_880, up: 2_879 })).toBe('99.9 %');
    expect(uptimeWords({ looks: 3, up: 0 })).toBe('0 %');
    expect(uptimeWords({ looks: 0, up: 0 })).toBe('not looked at');
    expect([tookWords(840), tookWords(2_440)]).toEqual(['840 ms', '2.4 s']);
  });
});
