import { devDollarAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { isOmlError } from '@oml/protocol/error';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { Address, Hex } from 'viem';
import { brokenAnswer, telling } from './ask-again.ts';
import { queryHashOf, type RequestBody } from './asked.ts';
import { createBudget, type Budget, type BudgetOptions } from './budget/budget.ts';
import type { ChannelOptions } from './channel/options.ts';
import type { Calls } from './calls.ts';
import { checkAnsweredBy, checkExpected, type Expectation } from './expectation.ts';
import type { ExactPayment } from './exact-payment.ts';
import { hostNow } from './host-clock.ts';
import { payAndSend, type PayingAccount } from './paid-request.ts';
import { checkPayee, type ChainView, type Payee } from './payee-check.ts';
import { billOf, type Payment } from './payment.ts';
import { checkReceipt } from './receipt-check.ts';

export interface ExchangeOptions {
  account: PayingAccount;
  publicClient: ChainView['publicClient'];
  deployment: Deployment;
  /** Most that one payment may cost, in the token's smallest unit. */
  maxAmountPerPayment: bigint;
  /** Who may claim an unpaid use; the account itself if not named. */
  claimant?: Address;
  /** Pays out of channels where a deposit covers several calls. */
  channel?: ChannelOptions | undefined;
  /** Refuses, before anything is signed, a host that asks for another license, model, vault or price. */
  expect?: Expectation | undefined;
  /** Keeps single payments until their receipts come; what was lost is asked for again with the same payment. */
  calls?: Calls | undefined;
  /** What the app may spend in a day and a month. */
  budget?: BudgetOptions | undefined;
  fetch?: typeof fetch;
  /** So long a paid answer may take to begin, resends included, in ms; two minutes if not said. */
  answerTimeoutMs?: number;
  /** A stream that says nothing for so long is broken off, in ms; a minute if not said. */
  idleTimeoutMs?: number;
}

/** What a verified answer proves and what it cost. */
export interface Paid<Kind extends Payment = ExactPayment> {
  signedReceipt: SignedReceipt;
  payment: Kind;
  /** Opens `requestNonce`; absent if the use is not claimable. Keep it secret until a claim. */
  nonceSalt?: Hex;
  payee: Payee;
}

export interface Asked {
  request: Request;
  body: RequestBody;
  nonceSalt: Hex | undefined;
  /** Sent before for the same body and salt. */
  earlier: Payment | undefined;
}

export interface Exchanged {
  response: Response;
  payment?: Payment;
  /** That went with it. */
  nonceSalt?: Hex | undefined;
  /** Absent where nothing was paid or the host refused. */
  answer?: PaidAnswer;
}

/** An answer that was paid for and is still to come. */
export interface PaidAnswer {
  /** Checks its receipt. */
  check(receipt: SignedReceipt | undefined, completion: string): Promise<Paid<Payment>>;
  /** Looks at a whole answer, or at an event of a stream, before it is believed; throws where it is another's. */
  look(answer: unknown): void;
  /** To be called when no more comes of it, with a receipt or without: until then a channel waits. */
  onEnd(): void;
  /** What is thrown in place of an error that it broke off with. */
  explain(error: unknown): unknown;
  /** So long it may be silent, in ms. */
  idleTimeoutMs: number;
}

/** Longer than any token takes, and than a host keeps a call waiting. */
const IDLE_TIMEOUT_MS = 60_000;

/** The budget of a buyer that has one, kept for the key that signs its calls. */
export function budgetOf({
  account,
  channel,
  budget,
  publicClient,
  deployment,
}: Pick<ExchangeOptions, 'account' | 'channel' | 'budget' | 'publicClient' | 'deployment'>): Budget | undefined {
  if (!budget) return undefined;
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const client = channel?.sessionKey.address ?? account.address;
  return createBudget(budget, client, ({ from, nonce }) =>
    publicClient.readContract({ ...token, functionName: 'authorizationState', args: [from, nonce] }),
  );
}

/** A payer that refuses every payee but the vaults of active, covered licenses. */
export const payerOf = <Options extends ExchangeOptions>(options: Options) => ({
  ...options,
  maxAmountPerPayment: least(options.maxAmountPerPayment, options.expect?.price),
  async approve(payTo: Address) {
    const payee = await checkPayee(options, payTo);
    checkExpected(options.expect, payee, payTo);
    return payee;
  },
  budget: budgetOf(options),
  fetch: options.fetch ?? ((...asked: Parameters<typeof fetch>) => fetch(...asked)),
});

const least = (most: bigint, expected: bigint | undefined): bigint =>
  expected !== undefined && expected < most ? expected : most;

/** One paid call: names the nonce, checks the payee, pays, and hands back the check that its receipt must pass. */
export async function exchange(
  options: ExchangeOptions,
  { request, body, nonceSalt, earlier }: Asked,
): Promise<Exchanged> {
  const { account, deployment, publicClient, claimant = account.address } = options;
  const chain = { publicClient, deployment };
  const nonce = nonceSalt && requestNonce(claimant, nonceSalt);
  if (nonce) request.headers.set(HEADERS.requestNonce, nonce);
  const { response, payment, payee, onReceipt, onEnd, again } = await payAndSend(request, payerOf(options), earlier, {
    text: await request.clone().text(),
    nonceSalt,
  }).catch((error: unknown) => {
    throw isOmlError(error) && nonceSalt && error.details['header'] ? telling(error, { nonceSalt }) : error;
  });
  if (!payment || !payee || !response.ok) return { response, ...(payment ? { payment, nonceSalt } : {}) };
  const salt = again ? again.nonceSalt : nonceSalt;
  const check = async (receipt: SignedReceipt | undefined, completion: string): Promise<Paid<Payment>> => {
    const bill = billOf(payment);
    const expected = {
      ...bill,
      licenseId: payee.licenseId,
      queryHash: queryHashOf(body),
      completion,
      askedAt: payment.signedAt,
      answeredBy: hostNow(response),
      requestNonce: salt && requestNonce(claimant, salt),
    };
    const signedReceipt = await checkReceipt(chain, receipt, expected, payee);
    await onReceipt?.(signedReceipt.receipt);
    return { signedReceipt, payment, payee, ...(salt ? { nonceSalt: salt } : {}) };
  };
  const explain = (error: unknown) => brokenAnswer(error, payment, salt);
  const { idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const look = (given: unknown) => checkAnsweredBy(options.expect, given);
  return { response, payment, answer: { check, look, onEnd: onEnd ?? (() => {}), explain, idleTimeoutMs } };
}
