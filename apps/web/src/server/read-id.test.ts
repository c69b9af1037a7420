import { describe, expect, it } from 'vitest';
import { readAccount, readHash, readId, readPage } from './read-id.ts';

describe('what stands in the address bar', () => {
  it.each(['', '-1', '1e3', '0x1', '1'.repeat(19), '1; drop'])('takes "%s" for no number', (text) =>
    expect(readId(text)).toBeUndefined(),
  );
  it('reads a number', () => expect(readId('42')).toBe(42n));
  it('checksums an account', () =>
    expect(readAccount('0x70997970c51812dc3a010c7d01b50e0d17dc79c8')).toBe(
      '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    ));
  it('takes half an account for none', () => expect(readAccount('0x7099')).toBeUndefined());
  it('begins a list anew where its page is none', () => {
    for (const text of [undefined, '', '0', '-2', '1e9', '10001', ['2', '3']]) expect(readPage(text)).toBe(1);
    expect(readPage('7')).toBe(7);
  });
  it('reads a hash in either case', () => expect(readHash(`0x${'AB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`));
});
