import { devDollarAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { createBuyer } from '@oml/sdk/buyer';
import { exactPaymentOf, type ExactPayment } from '@oml/sdk/exact-payment';
import type { PayingAccount } from '@oml/sdk/paid-request';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import type { CallRecord, CallRecords } from './call-record.ts';
import { nonceSalt, type Salts } from './salts.ts';

const IN_PARALLEL = 3;
const MAX_ATTEMPTS = 4;
const TIMEOUT_MS = 60_000;
/** A whole answer with its receipt, several times over. */
const MOST_BYTES = 8 << 20;

/** Makes an audit's calls as an ordinary buyer would, each paid once whatever happens to this process. */
export type PaidCalls = ReturnType<typeof paidCallsOf>;

export function paidCallsOf(chain: Chain, account: PayingAccount, records: CallRecords, salts: Salts) {
  const { publicClient, deployment } = chain;
  const send = guardedFetch(guardFor(deployment, { timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES }));

  /** A buyer that writes each payment down before it leaves. */
  function buyerFor(call: CallRecord) {
    const noting: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const header = request.headers.get('payment-signature');
      if (header && header !== (await records.find(call)).payment)
        await records.setPaying(call, header, Math.floor(Date.now() / 1000));
      return send(request);
    };
    return createBuyer({ account, publicClient, deployment, maxAmountPerPayment: call.price, fetch: noting });
  }

  /** As it was sent. */
  const readPayment = (header: string, signedAt: number): ExactPayment => ({
    ...exactPaymentOf(JSON.parse(atob(header)), header, deployment),
    signedAt,
  });

  /** Its time is over and it was never charged: then, and only then, may another take its place. */
  async function isPaymentDead({ payment, paidAt }: CallRecord): Promise<boolean> {
    if (!payment) return false;
    const { from, nonce, validBefore } = readPayment(payment, paidAt!).authorization;
    const { timestamp } = await publicClient.getBlock();
    if (timestamp <= validBefore) return false;
    return !(await publicClient.readContract({
      address: deployment.contracts.token,
      abi: devDollarAbi,
      functionName: 'authorizationState',
      args: [from, nonce],
    }));
  }

  async function make(call: CallRecord): Promise<void> {
    if (await isPaymentDead(call)) await records.dropPayment(call);
    const { payment, paidAt, attempts } = await records.find(call);
    try {
      const { signedReceipt } = await buyerFor(call).ask(call.url, call.body!, {
        nonceSalt: nonceSalt(salts, call.auditId, call.round, call.i),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(payment ? { payment: readPayment(payment, paidAt!) } : {}),
      });
      await records.setAnswered(call, signedReceipt);
    } catch (error) {
      const refused = refusedReceipt(error);
      if (refused) await records.setRefused(call, refused);
      const [code, retryable] = isOmlError(error) ? [error.code, error.retryable] : ['UNAVAILABLE', true];
      await records.setError(call, code, !retryable || attempts + 1 >= MAX_ATTEMPTS);
    }
  }

  return {
    /**
     * Makes all open calls of a round, a few in parallel in a mixed order, and begins none once `signal` aborts.
     * Returns
     * how many still need another try.
     */
    async makeAll(
      auditId: string,
      round: number,
      signal: AbortSignal,
      onProgress: (done: number, all: number) => Promise<void>,
    ): Promise<number> {
      const all = await records.list(auditId, round);
      const queue = mixed(all.filter(isOpen));
      let done = all.length - queue.length;
      const work = async () => {
        for (let call = queue.pop(); call && !signal.aborted; call = queue.pop()) {
          await make(call);
          await onProgress(++done, all.length);
        }
      };
      await Promise.all(Array.from({ length: IN_PARALLEL }, work));
      return (await records.list(auditId, round)).filter(isOpen).length;
    },
  };
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

/** A random order, so that probes do not come one after another between ordinary calls. */
function mixed<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
