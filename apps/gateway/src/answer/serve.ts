import { OmlError } from '@oml/protocol/error';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { bytes32 } from '@oml/protocol/wire/scalars';
import type { Logger } from '@oml/service/logger';
import type { Context } from 'hono';
import { keccak256, stringToBytes, type Hex } from 'viem';
import { findAnswer, type Outcome } from './kept-answers.ts';
import type { Admit, Use } from '../payment/admit.ts';
import type { Payment } from '../payment/ledger.ts';
import type { ServedModel } from './models.ts';
import { renderAnswer, respondError } from './openai-wire.ts';
import { issueReceipt, receiptOfKept, type Signing } from './receipts.ts';
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
  admit: Admit;
  signing: Signing;
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
  return async (c, body, call) => {
    const admission = await parts.admit(c.req.header('payment-signature'), useOf(c, body, call.model));
    const { headers } = admission;
    if ('refusal' in admission) return respondError(c, admission.refusal, headers);
    const { payment, release } = admission;
    const { response, done } = await answer(parts, c, call, payment, headers).catch((error: unknown) => {
      release();
      throw error;
    });
    void done
      .catch((error: unknown) =>
        parts.logger.error({ err: error, paymentRef: payment.paymentRef }, 'a paid stream failed'),
      )
      .finally(release);
    return response;
  };
}

/** Names what the payment is for, so that it can never be used for anything else. Throws REQUEST_INVALID. */
function useOf(c: Context, body: string, { licenseId, vault, price, model }: ServedModel): Use {
  const header = c.req.header(HEADERS.requestNonce);
  const nonce = bytes32.optional().safeParse(header);
  if (!nonce.success) throw new OmlError('REQUEST_INVALID', `${HEADERS.requestNonce} is not 32 bytes of hex.`);
  const requestHash = keccak256(stringToBytes([c.req.path, nonce.data ?? '', body].join('\n')));
  return {
    licenseId,
    vault,
    price,
    path: c.req.path,
    description: `One answer of ${model}`,
    requestNonce: nonce.data,
    requestHash,
  };
}

async function answer(
  parts: CallParts,
  c: Context,
  call: Call,
  payment: Payment,
  headers: Record<string, string>,
): Promise<Served> {
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
  { signing }: CallParts,
  { model, queryHash, run }: Call,
  payment: Payment,
  emit: Emit,
): Promise<{ outcome: Outcome; signed: SignedReceipt }> {
  const kept = await findAnswer(signing, payment.paymentRef);
  if (!kept) {
    const outcome = await run(emit);
    const signed = await issueReceipt(signing, { payment, outcome, licenseId: model.licenseId, queryHash });
    return { outcome, signed };
  }
  if (kept.outcome.kind === 'text') await emit(kept.outcome.text);
  return { outcome: kept.outcome, signed: await receiptOfKept(signing, kept) };
}
