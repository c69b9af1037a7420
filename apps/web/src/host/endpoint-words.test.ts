import { describe, expect, it } from 'vitest';
import { answersNow, isDead, tookWords, uptimeWords } from './endpoint-words.ts';
import type { ShownHost } from './shown-host.ts';

describe('an endpoint', () => {
  it('is dead where somebody looked often and nobody ever found it', () => {
    expect(isDead([{ looks: 6, up: 0 }])).toBe(true);
    expect(isDead([{ looks: 5, up: 0 }])).toBe(false);
    expect(isDead([])).toBe(false);
    expect(
      isDead([
        { looks: 288, up: 0 },
        { looks: 10, up: 1 },
      ]),
    ).toBe(false);
  });

  it('is one that buyers are sent to while its license serves and it is not dead', () => {
    const host = (state: string, up: number) =>
      ({ license: { state }, measured: [{ looks: 9, up }] }) as unknown as ShownHost;
    expect(answersNow(host('active', 1))).toBe(true);
    expect(answersNow(host('closing', 1))).toBe(true);
    expect(answersNow(host('active', 0))).toBe(false);
    expect(answersNow(host('closed', 9))).toBe(false);
  });

  it('is up all the time only where no look was in vain', () => {
    expect(uptimeWords({ looks: 288, up: 288 })).toBe('100 %');
    expect(uptimeWords({ looks: 2_880, up: 2_879 })).toBe('99.9 %');
    expect(uptimeWords({ looks: 3, up: 0 })).toBe('0 %');
    expect(uptimeWords({ looks: 0, up: 0 })).toBe('not looked at');
    expect([tookWords(840), tookWords(2_440)]).toEqual(['840 ms', '2.4 s']);
  });
});
