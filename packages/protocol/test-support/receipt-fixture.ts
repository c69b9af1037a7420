import { keccak256, stringToBytes, type Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { headOf } from '../src/evidence/head.ts';
import { requestNonce } from '../src/evidence/nonce.ts';
import { exactPaymentRef } from '../src/evidence/payment-ref.ts';
import { queryHash } from '../src/evidence/query.ts';
import type { Receipt } from '../src/signed/receipt.ts';

export const HOST = privateKeyToAccount(`0x${'01'.repeat(32)}`);
export const BUYER = privateKeyToAccount(`0x${'02'.repeat(32)}`);
export const COURT: Address = '0x00000000000000000000000000000000000000C0';
export const adjudicator = { chainId: 31_337, court: COURT };

/** One answer to BUYER, paid with two tenths of a cent. */
export const receipt: Receipt = {
  licenseId: 7n,
  client: BUYER.address,
  requestNonce: requestNonce(BUYER.address, `0x${'aa'.repeat(32)}`),
  queryHash: queryHash({ prompt: 'Once upon a time', temperature: 0 }),
  head: headOf(' there lived'),
  responseHash: keccak256(stringToBytes(' there lived')),
  paymentRef: exactPaymentRef(COURT, BUYER.address, `0x${'bb'.repeat(32)}`),
  amount: 2_000n,
  cumulative: 2_000n,
  answeredAt: 1_700_000_000n,
};
