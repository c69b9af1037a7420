import { devDollarAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { createBuyer, type AskOptions } from '@oml/sdk/buyer';
import type { ChannelStore } from '@oml/sdk/channel/store';
import { exactPaymentOf, type ExactPayment } from '@oml/sdk/exact-payment';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import type { Address } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { ownConnections } from '../payers/connection.ts';
import type { Looks } from '../endpoints/looks.ts';
import type { CallRecord, CallRecords } from './call-record.ts';
import { askLanguage, isLanguage } from './ask-language.ts';
import { nonceSalt, type Salts } from './salts.ts';

const IN_PARALLEL = 3;
const MAX_ATTEMPTS = 4;
const TIMEOUT_MS = 60_000;
/** A whole answer with its receipt, several times over. */
const LIMITS = { timeoutMs: TIMEOUT_MS, maxBytes: 8 << 20 };
const RETRY_MS = 2_000;
const ANSWER = { kind: 'answer', isUp: true, tookMs: null, tokensPerSecond: null, asked: null, holds: null } as const;

/** A call of a round, who pays for it, and when. */
export interface Due {
  call: number;
  payer: PrivateKeyAccount;
  /** What to put into a channel, in the token's smallest unit; undefined: it pays each call by itself. */
  deposit: bigint | undefined;
  /** Unix ms. */
  at: number;
}

export interface PaidCallsParts {
  chain: Chain;
  /** Who may claim what is not paid: this verifier, whoever pays. */
  claimant: Address;
  records: CallRecords;
  channels: ChannelStore;
  salts: Salts;
  /** Hears how long answers took. */
  looks: Pick<Looks, 'add'>;
}

/** Makes an audit's calls as ordinary buyers would, each paid once whatever happens to this process. */
export type PaidCalls = ReturnType<typeof paidCallsOf>;

export function paidCallsOf({ chain, claimant, records, channels, salts, looks }: PaidCallsParts) {
  const { publicClient, deployment } = chain;

  /** A buyer that writes each payment down before it leaves. */
  function buyerFor(call: CallRecord, { payer, deposit }: Due) {
    const send = guardedFetch(ownConnections(guardFor(deployment, LIMITS)));
    const noting: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const header = request.headers.get('payment-signature');
      if (header && header !== (await records.find(call)).payment)
        await records.setPaying(call, header, Math.floor(Date.now() / 1000));
      return send(request);
    };
    const options = {
      account: payer,
      publicClient,
      deployment,
      claimant,
      maxAmountPerPayment: call.price,
      fetch: noting,
    };
    if (deposit === undefined) return createBuyer(options);
    return createBuyer({ ...options, channel: { sessionKey: payer, deposit, store: channels } });
  }

  /** As it was sent; undefined for a voucher: those the channel's own record sends again. */
  function readPayment({ payment, paidAt }: CallRecord): ExactPayment | undefined {
    if (!payment) return undefined;
    try {
      return { ...exactPaymentOf(JSON.parse(atob(payment)), payment, deployment), signedAt: paidAt! };
    } catch {
      return undefined;
    }
  }

  /** Its time is over and it was never charged: then, and only then, may another take its place. */
  async function isPaymentDead(call: CallRecord): Promise<boolean> {
    const payment = readPayment(call);
    if (!payment) return false;
    const { from, nonce, validBefore } = payment.authorization;
    const { timestamp } = await publicClient.getBlock();
    if (timestamp <= validBefore) return false;
    return !(await publicClient.readContract({
      address: deployment.contracts.token,
      abi: devDollarAbi,
      functionName: 'authorizationState',
      args: [from, nonce],
    }));
  }

  async function make(open: CallRecord, due: Due): Promise<void> {
    if (await isPaymentDead(open)) await records.dropPayment(open);
    const call = await records.find(open);
    const payment = readPayment(call);
    try {
      const options: AskOptions = {
        nonceSalt: nonceSalt(salts, call.auditId, call.round, call.i),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(payment ? { payment } : {}),
      };
      const buyer = buyerFor(call, due);
      const body = call.body!;
      const beganAt = Date.now();
      const paid = isLanguage(body)
        ? await askLanguage(buyer, call.url, body, options)
        : await buyer.ask(call.url, body, options);
      const at = Date.now();
      await records.setAnswered(call, paid.signedReceipt);
      const tokensPerSecond = 'tokensPerSecond' in paid ? (paid.tokensPerSecond ?? null) : null;
      // One that was paid for before is only handed out again: it says nothing of how long an answer takes.
      const took = payment || call.attempts > 0 ? null : { tookMs: at - beganAt, tokensPerSecond };
      await looks.add(paid.signedReceipt.receipt.licenseId, { ...ANSWER, at, ...took });
    } catch (error) {
      const refused = refusedReceipt(error);
      if (refused) await records.setRefused(call, refused);
      const [code, retryable] = isOmlError(error) ? [error.code, error.retryable] : ['UNAVAILABLE', true];
      await records.setError(call, code, !retryable || call.attempts + 1 >= MAX_ATTEMPTS);
    }
  }

  return {
    /**
     * Makes the calls of a round that are due, a few in parallel, one of a payer at a time, and begins none once
     * `signal` aborts. Resolves to the ms until another is due; undefined when all are over.
     */
    async makeDue(
      auditId: string,
      round: number,
      plan: readonly Due[],
      signal: AbortSignal,
      onProgress: (done: number, all: number) => Promise<void>,
    ): Promise<number | undefined> {
      const all = await records.list(auditId, round);
      const open = nextOfEach(all.filter(isOpen), plan);
      const queue = open.filter(({ due }) => due.at <= Date.now()).toSorted((a, b) => b.due.at - a.due.at);
      let done = all.filter((call) => !isOpen(call)).length;
      const work = async () => {
        for (let next = queue.pop(); next && !signal.aborted; next = queue.pop()) {
          await make(next.call, next.due);
          await onProgress(++done, all.length);
        }
      };
      await Promise.all(Array.from({ length: IN_PARALLEL }, work));
      const left = nextOfEach((await records.list(auditId, round)).filter(isOpen), plan);
      if (left.length === 0) return undefined;
      const soonest = Math.min(...left.map(({ call, due }) => (call.attempts > 0 ? Infinity : due.at)));
      return Math.max(0, Math.min(RETRY_MS, soonest - Date.now()));
    },
  };
}

/** The first open call of every payer: the next one is asked when that is over, as channels want it. */
function nextOfEach(open: readonly CallRecord[], plan: readonly Due[]): { call: CallRecord; due: Due }[] {
  const first = new Map<Address, { call: CallRecord; due: Due }>();
  for (const call of open) {
    const due = plan[call.i]!;
    const known = first.get(due.payer.address);
    if (!known || due.at < known.due.at) first.set(due.payer.address, { call, due });
  }
  return [...first.values()];
}

/**
 * What a host signed for another call or answer: evidence, if it was signed in the time of this call, so that nobody
 * waits for it to come of age.
 */
function refusedReceipt(error: unknown): SignedReceipt | undefined {
  if (!isOmlError(error) || error.code !== 'RECEIPT_MISMATCH') return undefined;
  const { differing, receipt } = error.details as { differing: string[]; receipt: unknown };
  return differing.includes('answeredAt') ? undefined : receiptFromJson(receipt);
}

const isOpen = ({ state }: CallRecord): boolean => state === 'planned' || state === 'paying';
