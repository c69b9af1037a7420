import { encodePaymentResponseHeader } from '@x402/core/http';
import { PAYMENT_REQUIRED_CACHE_CONTROL } from '@x402/core/server';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { caip2 } from '@oml/protocol/network';
import type { Hex } from 'viem';
import type { AdmitVoucher } from '../channel/admit.ts';
import type { CheckStanding } from '../license/standing.ts';
import type { GasAccount } from './gas-account.ts';
import { PRIVATE, type Admission, type Use } from './admission.ts';
import type { NotPayment, SentPayment } from './header.ts';
import { exactInHand } from './in-hand.ts';
import { findPayment, findPaymentByNonce, retakePayment, type NewPayment, type Payment } from './ledger.ts';
import { bindOwed, holdOwed } from './owed.ts';
import { isHeldElsewhere, reconcile } from './reconcile.ts';
import { misfitOf, problemOfRefusal, reasonOf, refusalOf, type Refusal } from './refusal.ts';
import type { Sent } from './sent.ts';
import { settle, type End, type Settling } from './settle.ts';
import { askingHeaders, type Cashier, type Terms } from './terms.ts';
import { OWN_REASONS, X402_REASONS } from './x402-reasons.ts';

/** Takes the payment that a request carries, for one use, or says why not. The money is final before it says yes. */
export type Admit = (sent: Sent | undefined, use: Use) => Promise<Admission>;

export interface Admitting extends Settling {
  checkStanding: CheckStanding;
  cashier: Cashier;
  gas: Pick<GasAccount, 'address' | 'settled'>;
  /** What is paid out of a channel is its business. */
  admitVoucher: AdmitVoucher;
  /** Payments that are being settled or answered here right now. */
  inUse: Set<Hex>;
}

/** The one reason why a payment is not admitted, with the x402 headers that go with it. */
interface Refused {
  refusal: Refusal;
  headers?: Record<string, string>;
}
type Judgement = { payment: Payment } | Refused;

/** How long what was sent before a crash is waited for. */
const ON_ITS_WAY_MS = 30_000;

/** The paid entrance, fail closed. */
export function createAdmit(admitting: Admitting): Admit {
  const { inUse } = admitting;
  const refuse = async (judgement: Refused, use: Use, sent?: SentPayment): Promise<Admission> => {
    const { asked } = await admitting.cashier.termsOf(use);
    return { refusal: problemOfRefusal(judgement.refusal, use, asked, sent), headers: judgement.headers ?? {} };
  };
  return async (given, use) => {
    if (!given) return refuse(await ask(admitting, use), use);
    if (given.kind === 'channel') return admitting.admitVoucher(given.voucher, use);
    if (given.kind === 'unreadable') return refuse(await unread(admitting, use, given.refusal), use);
    const { payment: sent } = given;
    if (inUse.has(sent.paymentRef)) return refuse({ refusal: { no: 'in-use' } }, use, sent);
    inUse.add(sent.paymentRef);
    const release = () => void inUse.delete(sent.paymentRef);
    const judgement = await judge(admitting, use, sent).catch((error: unknown) => {
      release();
      throw error;
    });
    if ('payment' in judgement) {
      const headers = settledHeaders(judgement.payment);
      return { payment: exactInHand(admitting.store, judgement.payment), release, headersOf: () => headers };
    }
    release();
    return refuse(judgement, use, sent);
  };
}

async function ask({ cashier, checkStanding }: Admitting, use: Use): Promise<Refused> {
  await checkStanding(use.licenseId);
  const reason = OWN_REASONS.unpaid;
  return { refusal: { no: 'unpaid', reason }, headers: askingHeaders(await cashier.termsOf(use), reason) };
}

/** What can't be read is told how to pay, as if it had not come. */
async function unread({ cashier }: Admitting, use: Use, refusal: NotPayment): Promise<Refused> {
  const reason = refusal.no === 'version' ? OWN_REASONS.version : OWN_REASONS.unreadable;
  return { refusal, headers: askingHeaders(await cashier.termsOf(use), reason) };
}

/** Everything that can speak against a payment, in the order in which it is asked. */
async function judge(admitting: Admitting, use: Use, sent: SentPayment): Promise<Judgement> {
  const { store, cashier, gas, checkStanding } = admitting;
  const known = await findPayment(store, sent.paymentRef);
  if (known) {
    if (!isSamePayment(known, sent)) return { refusal: { no: 'other-request', paymentRef: known.paymentRef } };
    if (known.refundedBy !== null) return { refusal: { no: 'refunded', paymentRef: known.paymentRef } };
    if (known.requestHash !== use.requestHash) return payAnother(admitting, known, use);
    if (known.state === 'settled') return payAgain(admitting, known, use);
    if (isHeldElsewhere(known, gas.address)) return { refusal: { no: 'in-use' } };
  }
  const left = known && (await takeUp(admitting, known));
  if (left && left !== 'open') return 'payment' in left ? payAgain(admitting, left.payment, use) : left;
  const taken = use.requestNonce && (await findPaymentByNonce(store, sent.authorization.from, use.requestNonce));
  if (taken && taken.paymentRef !== sent.paymentRef)
    return { refusal: { no: 'nonce-taken', paymentRef: taken.paymentRef } };

  await checkStanding(use.licenseId); // not of what was taken before: that is owed an answer
  const terms = await cashier.termsOf(use);
  if (!terms.isAccepted(sent.payload)) {
    const reason = OWN_REASONS.otherTerms;
    return { refusal: misfitOf(sent, terms.wanted, reason), headers: askingHeaders(terms, reason) };
  }
  const row = rowOf(admitting, use, sent);
  const { wanted } = terms;
  const { borneOut } = use;
  const end = await settle(admitting, { sent, row, wanted, borneOut, isOpen: left === 'open' });
  return judgementOf(admitting, sent, terms, end);
}

/**
 * What became of a payment that was left in the middle, once nothing that we sent for it can still be on its way.
 * `open`: it is to be sent again; undefined: it is forgotten.
 */
async function takeUp(admitting: Admitting, known: Payment): Promise<Judgement | 'open' | undefined> {
  const { store, gas } = admitting;
  await gas.settled(ON_ITS_WAY_MS);
  const became = await reconcile(admitting, known);
  if (became === 'not-final') return { refusal: { no: 'unsettled', reason: X402_REASONS.pending } };
  if (became === 'not-seen')
    return (await retakePayment(store, known, gas.address)) ? 'open' : { refusal: { no: 'in-use' } };
  const payment = await findPayment(store, known.paymentRef);
  return payment?.state === 'settled' ? { payment } : undefined;
}

const isSamePayment = ({ signature, authorization }: Payment, { signature: given, authorization: sent }: SentPayment) =>
  signature === given && authorization.value === sent.value && authorization.to === sent.to;

/** The same request again: it gets its answer, or has it made now. Throws what {@link CheckStanding} throws. */
async function payAgain({ store, checkStanding }: Admitting, payment: Payment, use: Use): Promise<Judgement> {
  if (await holdOwed(store, payment)) await checkStanding(use.licenseId);
  return { payment };
}

/**
 * A payment carries one request, but for one that was taken and whose answer failed: that is good for one answer of its
 * license, whatever is asked. Throws what {@link CheckStanding} throws.
 */
async function payAnother({ store, checkStanding }: Admitting, known: Payment, use: Use): Promise<Judgement> {
  const { paymentRef, authorization } = known;
  if (use.requestNonce === known.requestNonce) return { refusal: { no: 'other-body', paymentRef } };
  const isEnough = authorization.to === use.vault && authorization.value >= use.price;
  if (known.state !== 'settled' || !isEnough) return { refusal: { no: 'other-request', paymentRef } };
  await checkStanding(use.licenseId);
  const { requestHash } = use;
  const requestNonce = use.requestNonce ?? unclaimableNonce(paymentRef, authorization.value);
  const taken = await findPaymentByNonce(store, authorization.from, requestNonce);
  if (taken && taken.paymentRef !== paymentRef) return { refusal: { no: 'nonce-taken', paymentRef: taken.paymentRef } };
  const isBound = await bindOwed(store, { paymentRef, requestHash, requestNonce });
  const payment = isBound ? await findPayment(store, paymentRef) : undefined;
  return payment?.requestHash === requestHash ? { payment } : { refusal: { no: 'other-request', paymentRef } };
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
  return { refusal: refusalOf(sent, wanted, end), headers };
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
