import { encodePaymentResponseHeader } from '@x402/core/http';
import { PAYMENT_REQUIRED_CACHE_CONTROL } from '@x402/core/server';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { caip2 } from '@oml/protocol/network';
import type { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { CheckStanding } from '../license/standing.ts';
import type { GasAccount } from './gas-account.ts';
import { readPayment, type SentPayment } from './header.ts';
import { findPayment, findPaymentByNonce, type NewPayment, type Payment } from './ledger.ts';
import { isHeldElsewhere, reconcile } from './reconcile.ts';
import { misfitOf, problemOfRefusal, reasonOf, refusalOf, type Refusal } from './refusal.ts';
import { settle, type End, type Settling } from './settle.ts';
import { askingHeaders, type Cashier, type Offer, type Terms } from './terms.ts';
import { OWN_REASONS, X402_REASONS } from './x402-reasons.ts';

/** What a call is to be paid for. */
export interface Use extends Offer {
  licenseId: bigint;
  /** The client's nonce, if it names one. */
  requestNonce: Hex | undefined;
  /** Hash of nonce, path and body: a payment is bound to it on first use. */
  requestHash: Hex;
}

/** Settled and final, or why not; either way the x402 headers of the answer. */
export type Admission =
  | {
      payment: Payment;
      headers: Record<string, string>;
      /** To be called when the answer is complete: until then the same payment is not admitted again. */
      release(): void;
    }
  | { refusal: OmlError; headers: Record<string, string> };

/** Takes the payment that a request carries, for one use, or says why not. The money is final before it says yes. */
export type Admit = (header: string | undefined, use: Use) => Promise<Admission>;

export interface Admitting extends Settling {
  checkStanding: CheckStanding;
  cashier: Cashier;
  gas: Pick<GasAccount, 'address' | 'settled'>;
}

/** The one reason why a payment is not admitted, with the x402 headers that go with it. */
interface Refused {
  refusal: Refusal;
  headers?: Record<string, string>;
}
type Judgement = { payment: Payment } | Refused;

/** How long what was sent before a crash is waited for. */
const ON_ITS_WAY_MS = 30_000;

/** What is settled tells of a payment; no shared cache may keep it. */
const PRIVATE = { 'cache-control': 'private, no-store' };

/** The paid entrance, fail closed. */
export function createAdmit(admitting: Admitting): Admit {
  const inUse = new Set<Hex>();
  const refuse = (judgement: Refused, use: Use, sent?: SentPayment): Admission => ({
    refusal: problemOfRefusal(judgement.refusal, use, sent),
    headers: judgement.headers ?? {},
  });
  return async (header, use) => {
    if (!header) return refuse(await ask(admitting, use), use);
    const read = readPayment(header, admitting.domain);
    if ('no' in read) return refuse({ refusal: read }, use);
    const { sent } = read;
    if (inUse.has(sent.paymentRef)) return refuse({ refusal: { no: 'in-use' } }, use, sent);
    inUse.add(sent.paymentRef);
    const release = () => void inUse.delete(sent.paymentRef);
    const judgement = await judge(admitting, use, sent).catch((error: unknown) => {
      release();
      throw error;
    });
    if ('payment' in judgement) return { ...judgement, release, headers: settledHeaders(judgement.payment) };
    release();
    return refuse(judgement, use, sent);
  };
}

async function ask({ cashier, checkStanding }: Admitting, use: Use): Promise<Refused> {
  await checkStanding(use.licenseId);
  const reason = OWN_REASONS.unpaid;
  return { refusal: { no: 'unpaid', reason }, headers: askingHeaders(await cashier.termsOf(use), reason) };
}

/** Everything that can speak against a payment, in the order in which it is asked. */
async function judge(admitting: Admitting, use: Use, sent: SentPayment): Promise<Judgement> {
  const { store, cashier, gas, checkStanding } = admitting;
  const known = await findPayment(store, sent.paymentRef);
  if (known) {
    const otherUse = refuseOtherUse(known, sent, use);
    if (otherUse) return { refusal: otherUse };
    if (isHeldElsewhere(known, gas.address)) return { refusal: { no: 'in-use' } };
    const settled = known.state === 'settled' ? known : await takeUp(admitting, known);
    if (settled?.state === 'settled') return { payment: settled };
    if (settled) return { refusal: { no: 'unsettled', reason: X402_REASONS.pending } };
  }
  const taken = use.requestNonce && (await findPaymentByNonce(store, sent.authorization.from, use.requestNonce));
  if (taken) return { refusal: { no: 'nonce-taken', paymentRef: taken.paymentRef } };

  await checkStanding(use.licenseId); // not of what was taken before: that is owed an answer
  const terms = await cashier.termsOf(use);
  if (!cashier.isAccepted(terms, sent)) {
    const reason = OWN_REASONS.otherTerms;
    return { refusal: misfitOf(sent, use.price, reason), headers: askingHeaders(terms, reason) };
  }
  const end = await settle(admitting, { sent, row: rowOf(admitting, use, sent), wanted: terms.wanted });
  return judgementOf(admitting, sent, terms, end);
}

/** What became of a payment that was left in the middle, once nothing that we sent for it can still be on its way. */
async function takeUp(admitting: Admitting, payment: Payment): Promise<Payment | undefined> {
  await admitting.gas.settled(ON_ITS_WAY_MS);
  await reconcile(admitting, payment);
  return findPayment(admitting.store, payment.paymentRef);
}

/** The same payment may only ever carry the same request. */
function refuseOtherUse(known: Payment, sent: SentPayment, use: Use): Refusal | undefined {
  const { paymentRef } = known;
  const same =
    known.signature === sent.signature &&
    known.authorization.value === sent.authorization.value &&
    known.authorization.to === sent.authorization.to;
  if (!same) return { no: 'other-request', paymentRef };
  if (known.requestHash === use.requestHash) return undefined;
  return { no: use.requestNonce === known.requestNonce ? 'other-body' : 'other-request', paymentRef };
}

const rowOf = (
  { domain: { chainId, verifyingContract }, gas }: Admitting,
  use: Use,
  { paymentRef, authorization, signature }: SentPayment,
): NewPayment => ({
  paymentRef,
  network: caip2(chainId),
  asset: verifyingContract,
  authorization,
  signature,
  requestNonce: use.requestNonce ?? unclaimableNonce(paymentRef, use.price),
  requestHash: use.requestHash,
  holder: gas.address,
});

async function judgementOf({ store }: Admitting, sent: SentPayment, { wanted }: Terms, end: End): Promise<Judgement> {
  if (end.end === 'settled' || end.end === 'credited') {
    const payment = await findPayment(store, sent.paymentRef);
    if (payment?.state !== 'settled') throw new Error('the payment settled and is not in the ledger');
    return { payment };
  }
  const answer = {
    success: false,
    errorReason: reasonOf(end),
    transaction: 'tx' in end ? end.tx : '',
    network: wanted.network,
    payer: sent.authorization.from,
  };
  const headers = {
    'PAYMENT-RESPONSE': encodePaymentResponseHeader(answer),
    'Cache-Control': PAYMENT_REQUIRED_CACHE_CONTROL,
  };
  return { refusal: refusalOf(sent, BigInt(wanted.amount), end), headers };
}

function settledHeaders({ tx, network, authorization }: Payment): Record<string, string> {
  const settlement = {
    success: true,
    transaction: tx ?? '',
    network: network as ReturnType<typeof caip2>,
    payer: authorization.from,
  };
  return { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(settlement), ...PRIVATE };
}
