import { bookReach } from '@oml/protocol/evidence/reach';
import { describe, expect, it } from 'vitest';
import { offers } from './publish.ts';

describe('the code books of the demo', () => {
  it.each(Object.entries(offers))('that of %s can catch disguised use', (_, { sizes: { commonCount, bits } }) => {
    expect(bookReach({ commonSize: commonCount, bits })).toMatchObject({ reaches: true });
  });

  it.each([offers.fable, offers['fable-mini']])('of language models have 6 bits', ({ sizes }) => {
    expect(sizes.bits).toBe(6);
  });
});
