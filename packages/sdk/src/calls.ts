import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Hex } from 'viem';
import { exactPaymentOf, type ExactPayment } from './exact-payment.ts';
import type { Texts } from './texts.ts';

/** A call that was signed for by a payment of its own, as it was sent: sent again, it is charged once. */
export interface OpenCall {
  url: string;
  /** Its body, to the letter. */
  text: string;
  nonceSalt: Hex | undefined;
  /** Value of the PAYMENT-SIGNATURE header. */
  header: string;
  /** Unix seconds. */
  signedAt: number;
}

/** Keeps calls from their signature until their receipt, so that no answer that was paid for is lost. */
export interface Calls {
  /** Resolves when it would survive a crash; before, nothing is sent. */
  open(call: OpenCall): Promise<void>;
  /** A valid receipt came, or none ever will. */
  close(header: string): Promise<void>;
  /** It ended without a receipt: it may be asked for again. */
  lose(header: string): void;
  /** What ended without a receipt, in this process or an earlier one. */
  lost(): Promise<OpenCall[]>;
  /** Takes what was lost of the very same call, so that its payment is sent again instead of another. */
  retake(url: string, text: string): Promise<OpenCall | undefined>;
}

const NAME = 'open-calls';
/** A host keeps its answers no longer than it takes to claim on them. */
const KEPT_S = 14 * 86_400;

/** Calls as one text; one process at a time uses it. */
export function keepCalls(texts: Texts): Calls {
  /** Headers of calls that are under way in this process. */
  const underWay = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<OpenCall[]> => {
    const text = await texts.read(NAME);
    const oldest = Date.now() / 1_000 - KEPT_S;
    return ((text ? JSON.parse(text) : []) as OpenCall[]).filter(({ signedAt }) => signedAt > oldest);
  };
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = turn.then(work, work);
    turn = next.catch(() => {});
    return next;
  };
  const change = (edit: (calls: OpenCall[]) => OpenCall[]): Promise<void> =>
    inTurn(async () => texts.write(NAME, JSON.stringify(edit(await read()))));
  const lost = async (): Promise<OpenCall[]> => (await read()).filter(({ header }) => !underWay.has(header));
  return {
    open(call) {
      underWay.add(call.header);
      return change((calls) => [...calls.filter(({ header }) => header !== call.header), call]);
    },
    async close(header) {
      await change((calls) => calls.filter((call) => call.header !== header));
      underWay.delete(header);
    },
    lose: (header) => void underWay.delete(header),
    lost: () => inTurn(lost),
    retake: (url, text) =>
      inTurn(async () => {
        const call = (await lost()).find((each) => each.url === url && each.text === text);
        if (call) underWay.add(call.header);
        return call;
      }),
  };
}

/** The payment of a call that was kept. Throws PAYMENT_INVALID. */
export const paymentOf = ({ header, signedAt }: OpenCall, deployment: Deployment): ExactPayment => ({
  ...exactPaymentOf(decodePaymentSignatureHeader(header), header, deployment),
  signedAt,
});
