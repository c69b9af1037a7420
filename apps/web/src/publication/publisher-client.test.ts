import { describe, expect, it } from 'vitest';
import { uploadIdOf } from './publisher-client.ts';

describe('uploadIdOf', () => {
  it('is the SHA-256 of the bytes', async () =>
    expect(await uploadIdOf(new Blob(['abc']))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ));
});
