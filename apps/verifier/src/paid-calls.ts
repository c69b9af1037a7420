import { devDollarAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import { createBuyer } from '@oml/sdk/buyer';
import { exactPaymentOf, type ExactPayment } from '@oml/sdk/exact-payment';
import type { Chain } from '@oml/service/chain';
import type { CallRecord, CallRecords } from './call-record.ts';
import { nonceSaltPurpose, type Salts } from './salts.ts';

const IN_PARALLEL = 3;
const MAX_ATTEMPTS = 4;
const TIMEOUT_MS = 60_000;

/** Makes an audit's calls as an ordinary buyer would, each paid once whatever happens to this process. */
export class PaidCalls {
  private readonly chain: Chain;
  private readonly records: CallRecords;
  private readonly salts: Salts;
  private stopping = false;

  constructor(chain: Chain, records: CallRecords, salts: Salts) {
    this.chain = chain;
    this.records = records;
    this.salts = salts;
  }

  /** Begins no further call. */
  stop(): void {
    this.stopping = true;
  }

  /** Makes all open calls of a round, a few in parallel in a mixed order. Returns how many still need another try. */
  async makeAll(auditId: string, round: number, onProgress: (done: number, all: number) => void): Promise<number> {
    const all = this.records.list(auditId, round);
    const isOpen = ({ state }: CallRecord) => state === 'planned' || state === 'paying';
    const queue = mixed(all.filter(isOpen));
    let done = all.length - queue.length;
    const work = async () => {
      for (let call = queue.pop(); call && !this.stopping; call = queue.pop()) {
        await this.make(call);
        onProgress(++done, all.length);
      }
    };
    await Promise.all(Array.from({ length: IN_PARALLEL }, work));
    return this.records.list(auditId, round).filter(isOpen).length;
  }

  private async make(call: CallRecord): Promise<void> {
    if (await this.isPaymentDead(call)) this.records.dropPayment(call);
    const { payment, paidAt, attempts } = this.records.find(call);
    try {
      const { signedReceipt } = await this.buyerFor(call).ask(call.url, call.body!, {
        nonceSalt: this.salts(nonceSaltPurpose(call.auditId, call.round, call.i)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(payment ? { payment: this.readPayment(payment, paidAt!) } : {}),
      });
      this.records.setAnswered(call, signedReceipt);
    } catch (error) {
      const [code, retryable] = isOmlError(error) ? [error.code, error.retryable] : ['UNAVAILABLE', true];
      this.records.setError(call, code, !retryable || attempts + 1 >= MAX_ATTEMPTS);
    }
  }

  /** A buyer that writes each payment down before it leaves. */
  private buyerFor(call: CallRecord) {
    const noting: typeof fetch = (input, init) => {
      const request = new Request(input, init);
      const header = request.headers.get('payment-signature');
      if (header && header !== this.records.find(call).payment)
        this.records.setPaying(call, header, Math.floor(Date.now() / 1000));
      return fetch(request);
    };
    const { publicClient, deployment, account } = this.chain;
    return createBuyer({
      account: account! as never,
      publicClient,
      deployment,
      maxAmountPerPayment: call.price,
      fetch: noting,
    });
  }

  private readPayment(header: string, signedAt: number): ExactPayment {
    const payload = JSON.parse(atob(header)) as Parameters<typeof exactPaymentOf>[0];
    return { ...exactPaymentOf(payload, header, this.chain.deployment), signedAt };
  }

  /** Its time is over and it was never charged: then, and only then, may another take its place. */
  private async isPaymentDead({ payment, paidAt }: CallRecord): Promise<boolean> {
    if (!payment) return false;
    const { from, nonce, validBefore } = this.readPayment(payment, paidAt!).authorization;
    const { publicClient, deployment } = this.chain;
    const { timestamp } = await publicClient.getBlock();
    if (timestamp <= validBefore) return false;
    return !(await publicClient.readContract({
      address: deployment.contracts.token,
      abi: devDollarAbi,
      functionName: 'authorizationState',
      args: [from, nonce],
    }));
  }
}

/** A random order, so that probes do not come one after another between ordinary calls. */
function mixed<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
