import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { adjudicator, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { receiptDigest, signReceipt } from './receipt.ts';
import { recoverStrict } from './strict-signature.ts';

describe('signatures', () => {
  it('are refused with v 0, a high s, or the wrong length', async () => {
    const { signature } = await signReceipt(receipt, HOST, adjudicator);
    const digest = receiptDigest(receipt, adjudicator);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const highS = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0');
    const flipped = signature.endsWith('1b') ? '1c' : '1b';
    for (const bad of [
      `${signature.slice(0, 130)}00`,
      `${signature.slice(0, 66)}${highS}${flipped}`,
      signature.slice(0, 130),
      '0x',
    ] as Hex[]) {
      await expect(recoverStrict(digest, bad)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    }
  });
});
