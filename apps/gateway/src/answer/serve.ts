import { OmlError } from '@oml/protocol/error';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { bytes32 } from '@oml/protocol/wire/scalars';
import type { Logger } from '@oml/service/logger';
import type { Context } from 'hono';
import { keccak256, stringToBytes, type Hex } from 'viem';
import type { Answers, Outcome } from './kept-answers.ts';
import type { Gate, Use } from '../payment/gate.ts';
import type { Payment } from '../payment/ledger.ts';
import type { ServedModel } from './models.ts';
import { renderAnswer, respondError } from './openai-wire.ts';
import type { SentPayment } from '../payment/header.ts';
import type { Receipts } from './receipts.ts';
import { streamAnswer, type Emit } from './stream.ts';

/** A request that is fit to be answered, before anything is paid. */
export interface Call {
  model: ServedModel;
  queryHash: Hex;
  stream: boolean;
  /**
   * Runs the model; `emit` gets the pieces of a text. It goes on when the client is gone, since the answer is paid for.
   */
  run(emit: Emit): Promise<Outcome>;
}

export interface CallParts {
  gate: Gate;
  answers: Answers;
  receipts: Receipts;
  logger: Logger;
}

/** Admits a call, answers it once, and gives the same answer to the same request again. */
export type ServeCall = (c: Context, body: string, call: Call) => Promise<Response>;

interface Served {
  response: Response;
  /** Resolves when the answer is complete; a stream goes on after its response was handed over. */
  done: Promise<void>;
}

export function createServeCall(parts: CallParts): ServeCall {
  const inFlight = new Set<Hex>();
  return async (c, body, call) => {
    const use = useOf(c, body, call.model);
    const sent = parts.gate.read(c);
    if (!sent) return (await admitAndAnswer(parts, c, call, use, undefined)).response;
    if (inFlight.has(sent.paymentRef))
      throw new OmlError('PAYMENT_UNSETTLED', 'This payment is in use right now. Send it again in a moment.', {
        retryable: true,
      });
    inFlight.add(sent.paymentRef);
    const release = () => void inFlight.delete(sent.paymentRef);
    try {
      const { response, done } = await admitAndAnswer(parts, c, call, use, sent);
      void done
        .catch((error: unknown) =>
          parts.logger.error({ err: error, paymentRef: sent.paymentRef }, 'a paid stream failed'),
        )
        .finally(release);
      return response;
    } catch (error) {
      release();
      throw error;
    }
  };
}

/** Names what the payment is for, so that it can never be used for anything else. Throws REQUEST_INVALID. */
function useOf(c: Context, body: string, { vault, price, model }: ServedModel): Use {
  const header = c.req.header(HEADERS.requestNonce);
  const nonce = bytes32.optional().safeParse(header);
  if (!nonce.success) throw new OmlError('REQUEST_INVALID', `${HEADERS.requestNonce} is not 32 bytes of hex.`);
  const requestHash = keccak256(stringToBytes([c.req.path, nonce.data ?? '', body].join('\n')));
  return {
    vault,
    price,
    path: c.req.path,
    description: `One answer of ${model}`,
    requestNonce: nonce.data,
    requestHash,
  };
}

async function admitAndAnswer(
  parts: CallParts,
  c: Context,
  call: Call,
  use: Use,
  sent: SentPayment | undefined,
): Promise<Served> {
  const admission = await parts.gate.admit(c, use, sent);
  const { headers } = admission;
  if ('refusal' in admission) return ended(respondError(c, admission.refusal, headers));
  const { payment } = admission;
  const frame = { paymentRef: payment.paymentRef, model: call.model.model, created: Math.floor(Date.now() / 1000) };
  if (call.stream) return streamAnswer(c, frame, headers, (emit) => answerOnce(parts, call, payment, emit));
  try {
    const { outcome, signed } = await answerOnce(parts, call, payment, async () => {});
    return ended(
      c.json(renderAnswer(frame, outcome, signed), 200, { ...headers, [HEADERS.receipt]: encodeReceiptHeader(signed) }),
    );
  } catch (error) {
    parts.logger.error(
      { err: error, paymentRef: payment.paymentRef },
      'a paid call failed; the same payment gets its answer later',
    );
    return ended(respondError(c, error, headers));
  }
}

const ended = (response: Response): Served => ({ response, done: Promise.resolve() });

async function answerOnce(
  { answers, receipts }: CallParts,
  call: Call,
  payment: Payment,
  emit: Emit,
): Promise<{ outcome: Outcome; signed: SignedReceipt }> {
  const kept = answers.find(payment.paymentRef);
  if (!kept) {
    const outcome = await call.run(emit);
    return {
      outcome,
      signed: await receipts.issue({ payment, outcome, licenseId: call.model.licenseId, queryHash: call.queryHash }),
    };
  }
  if (kept.outcome.kind === 'text') await emit(kept.outcome.text);
  return { outcome: kept.outcome, signed: await receipts.receiptOf(kept) };
}
