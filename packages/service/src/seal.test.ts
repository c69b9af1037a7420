import { describe, expect, it } from 'vitest';
import { openSealed, seal, sealingKeyPair } from './seal.ts';

const TEXT = 'what only one may read';
const INFO = 'a test';

describe('sealing', () => {
  it('opens to its key, for its purpose', async () => {
    const pair = await sealingKeyPair(`0x${'11'.repeat(32)}`);
    const sealed = await seal(pair.publicKey, new TextEncoder().encode(TEXT), INFO);
    expect(new TextDecoder().decode(await openSealed(pair, sealed, INFO))).toBe(TEXT);
    await expect(openSealed(pair, sealed, 'another')).rejects.toMatchObject({ code: 'EDITION_INVALID' });
  });

  it('takes a Buffer, which is a view onto a larger one, as it came over the network', async () => {
    const pair = await sealingKeyPair(`0x${'22'.repeat(32)}`);
    const sealed = Buffer.from(await seal(pair.publicKey, Buffer.from(TEXT), INFO));
    expect(new TextDecoder().decode(await openSealed(pair, sealed, INFO))).toBe(TEXT);
  });
});
