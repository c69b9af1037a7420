import { devDollarAbi } from '@oml/contracts/abis';
import type { Sender } from '@oml/program/sender';
import { OmlError } from '@oml/protocol/error';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import type { Chain } from '@oml/service/chain';
import { concat, isAddressEqual, keccak256, stringToHex, type Address, type Hex, type LocalAccount } from 'viem';
import type { GatewayStore } from '../store.ts';
import { findPayment, type Payment } from './ledger.ts';
import { claimRefund } from './owed.ts';
import { isAuthorizationUsed } from './settled-transfer.ts';
import { tokenDomain } from './token-domain.ts';

export interface Refunding {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  gas: Pick<Sender, 'send'>;
  /** Out of whose pocket; the one that sends it. */
  payer: LocalAccount;
}

export interface PaidBack {
  paymentRef: Hex;
  client: Address;
  /** Smallest unit. */
  amount: bigint;
  /** Null where it was paid back before. */
  tx: Hex | null;
}

/** So long a signed refund may wait for its block, in seconds. */
const VALID_S = 3_600n;

/**
 * Pays a payment back whose answer failed; from then on it is good for nothing. The refund is an authorization whose
 * nonce follows from the payment, so that the token itself takes it once, however often this runs or is killed. What
 * lies in the vault stays there. Throws NOT_FOUND, CONFLICT, CHAIN_REVERTED.
 */
export async function refundExact({ chain, store, gas, payer }: Refunding, paymentRef: Hex): Promise<PaidBack> {
  const payment = await findPayment(store, paymentRef);
  if (!payment) throw new OmlError('NOT_FOUND', `There is no payment ${paymentRef} in this store.`);
  const { refundedBy, authorization } = payment;
  if (refundedBy === null && !(await claimRefund(store, paymentRef, payer.address)))
    throw await notOwed(store, payment);
  if (refundedBy !== null && !isAddressEqual(refundedBy, payer.address))
    throw new OmlError('CONFLICT', `${refundedBy} took this refund upon itself: run it with that key.`);
  const { from: client, value: amount } = authorization;
  const refund = { paymentRef, client, amount };
  const nonce = keccak256(concat([stringToHex('oml/refund'), paymentRef]));
  const token = { address: chain.deployment.contracts.token, abi: devDollarAbi } as const;
  if (await isAuthorizationUsed(chain, { from: payer.address, nonce })) return { ...refund, tx: null };
  const validBefore = BigInt(Math.floor(Date.now() / 1000)) + VALID_S;
  const given = { from: payer.address, to: client, value: amount, validAfter: 0n, validBefore, nonce };
  const signature = await signAuthorization(given, payer, await tokenDomain(chain));
  const args = [payer.address, client, amount, 0n, validBefore, nonce, signature];
  const { transactionHash: tx } = await gas.send({ ...token, functionName: 'transferWithAuthorization', args });
  return { ...refund, tx };
}

async function notOwed({ db }: GatewayStore, { paymentRef, state }: Payment): Promise<OmlError> {
  if (state === 'settling') return new OmlError('CONFLICT', 'The payment did not settle: nothing was taken.');
  const row = db.selectFrom('payment').select('owed_from').where('payment_ref', '=', paymentRef);
  const { owed_from: owedFrom } = await row.executeTakeFirstOrThrow();
  if (owedFrom === null) return new OmlError('CONFLICT', 'The payment has its answer: there is nothing to pay back.');
  const seconds = Math.ceil((owedFrom - Date.now()) / 1_000);
  return new OmlError('CONFLICT', `Its answer may be under way: run it again in ${seconds} s.`, { retryable: true });
}
