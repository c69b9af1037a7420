import { describe, expect, it } from 'vitest';
import { keysFileName, newKeys, readKeys, type OwnKeys } from './own-keys.ts';

const word = `0x${'7a'.repeat(32)}` as const;
const place = { chainId: 31337, modelRegistry: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;
const keys = newKeys({
  ...place,
  committer: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  name: '../tales of a fox',
  kind: 'classifier',
  sizes: { commonCount: 6, tracingCount: 2, bits: 2 },
  secret: word,
  model: 'ab'.repeat(32),
  since: 7,
  codeBook: { root: word, poseidonRoot: word, size: 8, commonSize: 6, bits: 2 },
  book: '{}',
});
const fileOf = (json: unknown) => new Blob([typeof json === 'string' ? json : JSON.stringify(json)]);

describe('a file of keys', () => {
  it('reads as it was written, and says what it is for', async () => {
    const read = await readKeys(fileOf(keys), place);
    expect(read).toEqual(keys);
    expect(read.about).toContain('Keep this file');
  });
  it('has a plain name', () => expect(keysFileName(keys)).toBe('-tales-of-a-fox-7a7a7a7a.keys.json'));
  it.each<[string, unknown]>([
    ['no JSON', 'keys'],
    ['another file', { version: '1.0', model: {} }],
    ['a later version', { ...keys, omlOwnerKeys: 2 }],
    ['more than is known', { ...keys, agent: place.modelRegistry }],
    ['a short secret', { ...keys, secret: '0x12' }],
  ])('is refused where it is %s', (_, json) =>
    expect(readKeys(fileOf(json), place)).rejects.toMatchObject({ code: 'REQUEST_INVALID' }),
  );
  it('is refused on another deployment', () => {
    const elsewhere: Pick<OwnKeys, 'chainId' | 'modelRegistry'> = { ...place, chainId: 8453 };
    return expect(readKeys(fileOf(keys), elsewhere)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('chain 31337'),
    });
  });
});
