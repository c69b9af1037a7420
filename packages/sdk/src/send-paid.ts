import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { paidDetails } from './ask-again.ts';
import type { Payer } from './payer.ts';
import type { Payment } from './payment.ts';

const RESENDS = 3;
const RESEND_AFTER_MS = 1_000;
/** Longer than a host takes to give a whole answer, and to wait for a block. */
const ANSWER_TIMEOUT_MS = 120_000;

type Sending = Pick<Payer, 'fetch' | 'answerTimeoutMs'>;

/** A lost connection and an unconfirmed payment are answered by the same payment again: it cannot be charged twice. */
export async function sendPaid(request: Request, payment: Payment, payer: Sending): Promise<Response> {
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS } = payer;
  const until = Date.now() + answerTimeoutMs;
  let cause: unknown;
  for (let attempt = 0; attempt < RESENDS && Date.now() < until; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RESEND_AFTER_MS));
    const paid = new Request(request.clone());
    paid.headers.set('PAYMENT-SIGNATURE', payment.header);
    try {
      const response = await sendUntil(paid, payer, until);
      if (response.status !== 402 || !AGAIN.includes(await codeOf(response))) return response;
    } catch (error) {
      if (request.signal.aborted) throw error;
      cause = error;
    }
  }
  throw new OmlError('UNAVAILABLE', 'The host did not answer. Send the same payment again later: it is charged once.', {
    retryable: true,
    details: paidDetails(payment, undefined),
    cause,
  });
}

/** Waits for an answer to begin; how long it then goes on is its reader's business. */
async function sendUntil(request: Request, payer: Sending, until: number): Promise<Response> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('the host is silent')), until - Date.now());
  try {
    return await payer.fetch(new Request(request, { signal: AbortSignal.any([request.signal, silence.signal]) }));
  } finally {
    clearTimeout(timer);
  }
}

/** Codes under which the same payment may succeed a moment later. */
const AGAIN: readonly (string | undefined)[] = ['PAYMENT_UNSETTLED', 'CHANNEL_BUSY'];

/** What a host calls its refusal. */
export async function codeOf(response: Response): Promise<string | undefined> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return (problem as { code?: string } | undefined)?.code;
}

/** With the transaction that the host reports. */
export function settled<Kind extends Payment>(payment: Kind, header: string | null): Kind {
  const result = header ? (JSON.parse(atob(header)) as { transaction?: string }) : undefined;
  return result?.transaction ? { ...payment, tx: result.transaction as Hex } : payment;
}
