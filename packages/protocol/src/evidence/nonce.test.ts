import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { requestNonce, unclaimableNonce } from './nonce.ts';

describe('nonces', () => {
  it('a nonce binds the claimant', () => {
    const salt: Hex = `0x${'cc'.repeat(32)}`;
    expect(requestNonce(BUYER.address, salt)).not.toBe(requestNonce(HOST.address, salt));
    expect(unclaimableNonce(receipt.paymentRef, 1n)).not.toBe(unclaimableNonce(receipt.paymentRef, 2n));
  });
});
