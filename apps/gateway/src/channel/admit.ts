import type { SettleResponse } from '@x402/core/types';
import { caip2 } from '@oml/protocol/network';
import type { ChannelDomain } from '@oml/protocol/signed/channel';
import { randomUUID } from 'node:crypto';
import type { Address, Hex } from 'viem';
import type { CheckStanding } from '../license/standing.ts';
import { PRIVATE, type Admission, type Use } from '../payment/admission.ts';
import type { NotRead } from '../payment/envelope.ts';
import type { GasAccount } from '../payment/gas-account.ts';
import type { Bill } from '../payment/in-hand.ts';
import { findPaymentByNonce } from '../payment/ledger.ts';
import { askingHeaders, type Cashier, type Offer, type Terms } from '../payment/terms.ts';
import { takeDeposit, type Depositing } from './deposit.ts';
import type { GasCost } from './gas-cost.ts';
import { channelMisfit, useRefOf, type SentVoucher } from './header.ts';
import {
  chargingOf,
  findAnswered,
  findChannel,
  letGo,
  reserve,
  reserveAtOnce,
  type Channel,
  type Charge,
  type IsAtWork,
  type Wanted,
} from './ledger.ts';
import { problemOfVoucher, reasonOfRefusal, unreadVoucher, type VoucherRefusal } from './refusal.ts';
import type { ChannelState } from './watch.ts';

/**
 * Takes a voucher for one use, or says why not, also of one that could not be read. It is written down before it says
 * yes, and charged with the answer.
 */
export type AdmitVoucher = (sent: SentVoucher | NotRead, use: Use) => Promise<Admission>;

export interface Vouching extends Depositing {
  cashier: Cashier;
  checkStanding: CheckStanding;
  gas: Pick<GasAccount, 'address' | 'settled' | 'send'>;
  gasCost: Pick<GasCost, 'ofChannel'>;
  token: Address;
  domain: ChannelDomain;
  /** Tries of this gateway that are being answered right now. */
  atWork: Set<string>;
}

type Judgement = { charge: Charge } | { refusal: VoucherRefusal };

export const createAdmitVoucher =
  (vouching: Vouching): AdmitVoucher =>
  async (read, use) => {
    const terms = await vouching.cashier.termsOf(use);
    const attempt = newAttempt();
    if ('no' in read) return refuse(vouching, unreadVoucher(read), use, terms, undefined);
    const sent = read;
    const judgement = await judge(vouching, use, terms, sent, attempt);
    if ('refusal' in judgement) return refuse(vouching, judgement.refusal, use, terms, sent);
    const { charge } = judgement;
    const before = charge.cumulative - charge.amount;
    let isCharged = charge.state === 'answered';
    const release = () => {
      vouching.atWork.delete(attempt);
      if (isCharged) return;
      void letGo(vouching.store, attempt).catch((error: unknown) =>
        vouching.logger.warn({ err: error, channelId: charge.channelId }, 'a place in a channel could not be let go'),
      );
    };
    const payment = {
      useRef: charge.useRef,
      paymentRef: charge.channelId,
      client: charge.client,
      requestNonce: use.requestNonce,
      billOf: (cost: bigint): Bill => billWithin(charge, cost),
      bill: charge.state === 'open' && use.isMetered ? undefined : pick(charge),
      mayBeAnswered: charge.state === 'answered',
      chargingOf: (bill: Bill) => chargingOf(vouching.store, charge, attempt, bill),
      charged: () => void (isCharged = true),
      isTaken: false,
      failed: async () => void (isCharged = false), // its place is let go when it is released
    };
    const state = await vouching.watch.stateOf(charge.channelId);
    const headersOf = (bill: Bill = { amount: 0n, cumulative: before }) => chargedHeaders(vouching, sent, state, bill);
    return { payment, headersOf, release };
  };

const pick = ({ amount, cumulative }: Charge): Bill => ({ amount, cumulative });

/** What a use is charged within its voucher: what was not used of that stays the client's. */
function billWithin({ amount: most, cumulative }: Charge, cost: bigint): Bill {
  const amount = cost < most ? cost : most;
  return { amount, cumulative: cumulative - most + amount };
}

export const newAttempt = (): Hex => `0x${(randomUUID() + randomUUID()).replaceAll('-', '')}`;

const refused = (
  no: 'not-payment' | 'network' | 'unsigned' | 'not-accepted' | 'unknown' | 'short' | 'leaving',
): Judgement => ({
  refusal: { no },
});

/** Everything that can speak against a voucher, in the order in which it is asked. Nobody hears a total unverified. */
async function judge(vouching: Vouching, use: Use, terms: Terms, sent: SentVoucher, attempt: Hex): Promise<Judgement> {
  const { store, token, watch, checkStanding } = vouching;
  const reason = channelMisfit(sent, { vault: use.vault, token });
  if (reason) return { refusal: { no: 'misfit', reason } };
  if (sent.content.type === 'refund') return refused('not-payment');
  if (!sent.isSigned) return refused('unsigned');
  const next = await takeNext(vouching, use, terms, sent, attempt);
  if (next) return { charge: next };
  const answered = await findAnswered(store, useRefOf(sent, use.requestHash));
  if (answered) return { charge: answered };

  await checkStanding(use.licenseId); // not of what was answered before: that is owed
  if (sent.payload.accepted.network !== terms.wanted.network) return refused('network');
  if (!terms.channel || !terms.isAccepted(sent.payload)) return refused('not-accepted');
  if (sent.content.type === 'deposit') {
    const refusal = await takeDeposit(vouching, sent, sent.content.deposit, { wanted: terms.channel, peer: use.peer });
    if (refusal) return { refusal };
  }
  const channel = await findChannel(store, sent.channelId);
  if (!channel) return refused('unknown');
  const { balance, withdrawRequestedAt } = await watch.stateOf(sent.channelId);
  if (withdrawRequestedAt !== 0) return refused('leaving');
  // One that does not go on from the channel's total hears that first: its client may have lost count.
  if (sent.signed > balance && sent.signed === channel.charged + use.price) return refused('short');
  return reserveFor(vouching, use, sent, attempt);
}

/**
 * The call that most are: it goes on from where its channel stands, and nothing speaks against it. Undefined says
 * nothing: what does, is asked in its order.
 */
async function takeNext(
  vouching: Vouching,
  use: Use,
  terms: Terms,
  sent: SentVoucher,
  attempt: Hex,
): Promise<Charge | undefined> {
  const { store, watch, checkStanding, atWork } = vouching;
  const state = watch.knownOf(sent.channelId);
  if (!state || state.withdrawRequestedAt !== 0 || sent.signed > state.balance) return undefined;
  if (sent.content.type !== 'voucher' || !terms.channel || !terms.isAccepted(sent.payload)) return undefined;
  if (!(await checkStanding(use.licenseId).then(isTrue, isFalse)) || (await nonceTaken(vouching, use, sent)))
    return undefined;
  atWork.add(attempt);
  const wanted = wantedOf(vouching, use, sent, attempt);
  const isReserved = await reserveAtOnce(store, wanted).catch((error: unknown) => {
    atWork.delete(attempt);
    throw error;
  });
  if (!isReserved) atWork.delete(attempt);
  return isReserved ? { ...wanted, cumulative: wanted.signed, state: 'open' } : undefined;
}

const isTrue = () => true;
const isFalse = () => false;

const nonceTaken = async ({ store }: Vouching, { requestNonce }: Use, { config }: SentVoucher) =>
  requestNonce && findPaymentByNonce(store, config.payerAuthorizer, requestNonce);

function wantedOf({ gas }: Vouching, use: Use, sent: SentVoucher, attempt: Hex): Wanted {
  const useRef = useRefOf(sent, use.requestHash);
  return {
    useRef,
    channelId: sent.channelId,
    client: sent.config.payerAuthorizer,
    amount: use.price,
    signed: sent.signed,
    signature: sent.signature,
    requestNonce: use.requestNonce ?? useRef, // the receipt's follows from what will have been charged
    requestHash: use.requestHash,
    attempt,
    holder: gas.address,
  };
}

async function reserveFor(vouching: Vouching, use: Use, sent: SentVoucher, attempt: Hex): Promise<Judgement> {
  const { store, atWork } = vouching;
  const taken = await nonceTaken(vouching, use, sent);
  if (taken) return { refusal: { no: 'nonce-taken', useRef: taken.paymentRef } };
  atWork.add(attempt);
  const reserved = await reserve(store, wantedOf(vouching, use, sent, attempt), isAtWork(vouching)).catch(
    (error: unknown) => {
      atWork.delete(attempt);
      throw error;
    },
  );
  if ('charge' in reserved) return reserved;
  atWork.delete(attempt);
  if (reserved.no !== 'refund-left') return { refusal: reserved };
  await afterBrokenRefund(vouching, sent.channelId, reserved.attempt);
  return { refusal: { no: 'busy' } };
}

/** Ours are known; those of another gateway on this store have a time. */
export const isAtWork =
  ({ atWork, gas }: Pick<Vouching, 'atWork' | 'gas'>): IsAtWork =>
  ({ attempt, holder, open_until }) =>
    holder === gas.address ? atWork.has(attempt) : open_until > Date.now();

/** A refund that broke off may be on its way: the channel is used again when it can't come any more. */
export async function afterBrokenRefund(
  { gas, watch, store }: Pick<Vouching, 'gas' | 'watch' | 'store'>,
  channelId: Hex,
  attempt: string,
): Promise<void> {
  await gas.settled();
  watch.forget(channelId);
  await letGo(store, attempt);
}

/** Refuses with x402's terms again; who signed a voucher of the channel is told where it stands. */
export async function refuse(
  { watch }: Pick<Vouching, 'watch'>,
  refusal: VoucherRefusal,
  offer: Offer,
  terms: Terms,
  sent: SentVoucher | undefined,
): Promise<{ refusal: ReturnType<typeof problemOfVoucher>; headers: Record<string, string> }> {
  const headers = askingHeaders(
    refusal.no === 'mismatch' ? await correct(terms, refusal.channel, watch) : terms,
    reasonOfRefusal(refusal),
  );
  return { refusal: problemOfVoucher(refusal, offer, terms.asked, sent?.channelId), headers };
}

/** The terms with the channel's total and the voucher that shows it, as official clients look for them. */
async function correct(
  terms: Terms,
  { channelId, charged, signature, signed }: Channel,
  watch: Vouching['watch'],
): Promise<Terms> {
  const channelState = stateExtra(channelId, await watch.stateOf(channelId), charged);
  const voucherState = signature ? { voucherState: { signedMaxClaimable: String(signed), signature } } : {};
  const accepts = terms.required.accepts.map((asked) =>
    asked === terms.channel ? { ...asked, extra: { ...asked.extra, channelState, ...voucherState } } : asked,
  );
  return { ...terms, required: { ...terms.required, accepts } };
}

const stateExtra = (channelId: Hex, state: ChannelState, charged: bigint) => ({
  channelId,
  balance: String(state.balance),
  totalClaimed: String(state.totalClaimed),
  withdrawRequestedAt: state.withdrawRequestedAt,
  refundNonce: String(state.refundNonce),
  chargedCumulativeAmount: String(charged),
});

/** What a channel was charged and has left, as official clients read it. */
export function chargedHeaders(
  { domain }: Pick<Vouching, 'domain'>,
  { config, channelId }: Pick<SentVoucher, 'config' | 'channelId'>,
  state: ChannelState,
  { amount, cumulative }: Bill,
  transaction = '',
): Record<string, string> {
  const settlement: SettleResponse = {
    success: true,
    transaction,
    network: caip2(domain.chainId),
    payer: config.payer,
    extra: { chargedAmount: String(amount), channelState: stateExtra(channelId, state, cumulative) },
  };
  // As `encodePaymentResponseHeader` of @x402/core writes it, in a tenth of the time.
  return { 'PAYMENT-RESPONSE': Buffer.from(JSON.stringify(settlement)).toString('base64'), ...PRIVATE };
}
