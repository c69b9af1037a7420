import type { Deployment } from '@oml/protocol/chain/deployment';
import { requestNonce, unclaimableNonce } from '@oml/protocol/evidence/nonce';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { Address, Hex } from 'viem';
import { queryHashOf, type RequestBody } from './asked.ts';
import type { ExactPayment } from './exact-payment.ts';
import { payAndSend, type PayingAccount } from './paid-request.ts';
import { checkPayee, type ChainView, type Payee } from './payee-check.ts';
import { checkReceipt } from './receipt-check.ts';

export interface ExchangeOptions {
  account: PayingAccount;
  publicClient: ChainView['publicClient'];
  deployment: Deployment;
  /** Most that one payment may cost, in the token's smallest unit. */
  maxAmountPerPayment: bigint;
  /** Who may claim an unpaid use; the account itself if not named. */
  claimant?: Address;
  fetch?: typeof fetch;
}

/** What a verified answer proves and what it cost. */
export interface Paid {
  signedReceipt: SignedReceipt;
  payment: ExactPayment;
  /** Opens `requestNonce`; absent if the use is not claimable. Keep it secret until a claim. */
  nonceSalt?: Hex;
  payee: Payee;
}

export interface Asked {
  request: Request;
  body: RequestBody;
  nonceSalt: Hex | undefined;
  /** Sent before for the same body and salt. */
  earlier: ExactPayment | undefined;
}

export interface Exchanged {
  response: Response;
  payment?: ExactPayment;
  /** Checks the receipt of the answer; absent where nothing was paid or the host refused. */
  check?: (receipt: SignedReceipt | undefined, completion: string) => Promise<Paid>;
}

/** One paid call: names the nonce, checks the payee, pays, and hands back the check that its receipt must pass. */
export async function exchange(
  options: ExchangeOptions,
  { request, body, nonceSalt, earlier }: Asked,
): Promise<Exchanged> {
  const { account, deployment, publicClient, claimant = account.address } = options;
  const chain = { publicClient, deployment };
  const nonce = nonceSalt && requestNonce(claimant, nonceSalt);
  if (nonce) request.headers.set(HEADERS.requestNonce, nonce);
  const payer = {
    ...options,
    approve: (payTo: Address) => checkPayee(chain, payTo),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  };
  const { response, payment, payee } = await payAndSend(request, payer, earlier);
  if (!payment || !payee || !response.ok) return { response, ...(payment ? { payment } : {}) };
  const check = async (receipt: SignedReceipt | undefined, completion: string): Promise<Paid> => {
    const { value, from } = payment.authorization;
    const call = {
      licenseId: payee.licenseId,
      client: from,
      queryHash: queryHashOf(body),
      completion,
      paymentRef: payment.paymentRef,
      amount: value,
    };
    const times = { askedAt: payment.signedAt, answeredBy: Math.floor(Date.now() / 1000) };
    const expected = { ...call, ...times, requestNonce: nonce ?? unclaimableNonce(payment.paymentRef, value) };
    const signedReceipt = await checkReceipt(chain, receipt, expected, payee);
    return { signedReceipt, payment, payee, ...(nonceSalt ? { nonceSalt } : {}) };
  };
  return { response, payment, check };
}
