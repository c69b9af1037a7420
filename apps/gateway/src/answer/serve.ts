import { isOmlError, OmlError } from '@oml/protocol/error';
import { keccak } from '@oml/protocol/keccak';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { ceilingOf, costOf, type Used } from '@oml/protocol/wire/price';
import { bytes32 } from '@oml/protocol/wire/scalars';
import type { Logger } from '@oml/service/logger';
import type { Context } from 'hono';
import { stringToBytes, type Hex } from 'viem';
import { choicesOf, findAnswer, tokensOf, type Outcome } from './kept-answers.ts';
import { PRIVATE, type Admitted, type Use } from '../payment/admission.ts';
import { offerOf } from '../payment/terms.ts';
import type { Admit } from '../payment/admit.ts';
import type { InHand } from '../payment/in-hand.ts';
import type { Sent } from '../payment/sent.ts';
import type { ServedModel } from './models.ts';
import { paidMembers, type Wire } from './openai-wire.ts';
import type { EnterQueue, Place } from './queue.ts';
import { issueReceipt, receiptOfKept, surely, type Signing } from './receipts.ts';
import { failedAnswer } from './failed-answer.ts';
import { respondError } from './refusals.ts';
import { streamAnswer, type Emit } from './stream.ts';

/** A request that is fit to be answered, before anything is paid. */
export interface Call {
  model: ServedModel;
  queryHash: Hex;
  /** The text of what is asked, behind its hash. */
  asked: string;
  /** How its answer is written. */
  wire: Wire;
  /** What it reads, and the most that it writes, in tokens. */
  most: Omit<Used, 'ms'>;
  /** Undefined: the answer is given whole. */
  stream: { includeUsage: boolean; choices: number } | undefined;
  /**
   * Runs the model; `emit` gets the pieces of a text. It goes on when the client is gone, since the answer is paid for.
   */
  run(emit: Emit): Promise<Outcome>;
}

export interface CallParts {
  admit: Admit;
  enterQueue: EnterQueue;
  signing: Signing;
  logger: Logger;
}

/** What came with a request. */
export interface Received {
  body: string;
  /** Undefined where nothing was paid with. */
  sent: Sent | undefined;
  /** Where it comes from. */
  peer: string;
}

/** Admits a call, answers it once, and gives the same answer to the same request again. */
export type ServeCall = (c: Context, received: Received, call: Call) => Promise<Response>;

interface Served {
  response: Response;
  /** Resolves when the answer is complete; a stream goes on after its response was handed over. */
  done: Promise<void>;
}

export function createServeCall(parts: CallParts): ServeCall {
  return async (c, received, call) => {
    const { sent } = received;
    const named = useOf(c, received, call);
    let place = takePlace(parts, received, call.model);
    const use = { ...named, borneOut: () => place.keep() };
    const admission = await parts.admit(sent, use).catch((error: unknown) => {
      place.leave();
      throw error;
    });
    if ('refusal' in admission) {
      place.leave();
      return respondError(c, admission.refusal, admission.headers);
    }
    const { payment } = admission;
    if (isDeposit(sent)) place = afterDeposit(parts, received, call.model, admission);
    place.keep();
    // Paid by a charge, which comes with the answer: who leaves before its turn costs nobody anything. (Not as soon as
    // it has begun: the last piece must not be free to whom hangs up before the end.)
    const givenUp = payment.isTaken ? undefined : () => c.req.raw.signal;
    const release = () => {
      place.leave();
      admission.release();
    };
    const { response, done } = await answer(parts, c, inTurn(call, place, givenUp), admission).catch(
      (error: unknown) => {
        release();
        throw error;
      },
    );
    void done
      .catch((error: unknown) =>
        parts.logger.error({ err: error, paymentRef: payment.paymentRef }, 'a paid stream failed'),
      )
      .finally(release);
    return response;
  };
}

/**
 * A place in the line, before anything is paid. Who carries no payment, or one that its payer did not sign, hears how
 * full it is and holds no place: nobody keeps buyers out for nothing. Nor does who has to wait for a block first. Until
 * a single payment was looked up, it is its address that holds the place; a voucher is known by the channel's book.
 */
function takePlace({ enterQueue }: CallParts, { sent, peer }: Received, { model }: ServedModel): Place {
  const place = enterQueue(model, sent?.payer, sent?.kind === 'exact' ? peer : undefined);
  if (sent?.payer === undefined || isDeposit(sent)) place.leave();
  return place;
}

const isDeposit = (sent: Sent | undefined): boolean =>
  sent?.kind === 'channel' && 'content' in sent.voucher && sent.voucher.content.type === 'deposit';

/** The place of a call whose deposit lies in its channel by now. Throws UNAVAILABLE, and nothing of it is charged. */
function afterDeposit({ enterQueue }: CallParts, { sent }: Received, { model }: ServedModel, taken: Admitted): Place {
  try {
    return enterQueue(model, sent?.payer);
  } catch (error) {
    taken.release();
    if (!isOmlError(error)) throw error;
    const { code, retryable, details } = error;
    const says =
      'The model is busy. Your deposit lies in its channel and nothing of it is charged: ask again in a moment.';
    throw new OmlError(code, says, { retryable, details, cause: error });
  }
}

/** A call that is answered when it is its turn, and how long that took. */
interface Turn extends Omit<Call, 'run'> {
  run(emit: Emit): Promise<{ outcome: Outcome; ms: number }>;
}

/** A client that reads slowly keeps nobody else waiting. */
const inTurn = (call: Call, place: Place, givenUp: (() => AbortSignal) | undefined): Turn => ({
  ...call,
  run: (emit) =>
    place.run(async () => {
      const began = performance.now();
      const outcome = await call.run(async (piece) => void emit(piece));
      return { outcome, ms: performance.now() - began };
    }, givenUp),
});

/** Names what the payment is for, so that it can never be used for anything else. Throws REQUEST_INVALID. */
function useOf(c: Context, { body, peer }: Received, { model, most }: Call): Omit<Use, 'borneOut'> {
  const header = c.req.header(HEADERS.requestNonce);
  const nonce = bytes32.optional().safeParse(header);
  if (!nonce.success) throw new OmlError('REQUEST_INVALID', `${HEADERS.requestNonce} is not 32 bytes of hex.`);
  const requestHash = keccak(stringToBytes([c.req.path, nonce.data ?? '', body].join('\n')));
  return {
    ...offerOf(c.req.path, model, ceilingOf(model, most)),
    licenseId: model.licenseId,
    isMetered: model.metered !== undefined,
    requestNonce: nonce.data,
    requestHash,
    peer,
  };
}

async function answer(parts: CallParts, c: Context, call: Turn, { payment, headersOf }: Admitted): Promise<Served> {
  const frame = { useRef: payment.useRef, model: call.model.model, created: Math.floor(Date.now() / 1000) };
  const { wire, stream } = call;
  if (stream)
    return streamAnswer(c, { frame, wire, ...stream }, headersOf(payment.bill), (emit) =>
      answerOnce(parts, call, payment, emit),
    );
  try {
    const { outcome, signed } = await answerOnce(parts, call, payment, async () => {});
    // The same answer sent again is the same to the byte.
    const created = Number(signed.receipt.answeredAt);
    const whole = { ...wire.whole({ ...frame, created }, outcome), ...paidMembers(outcome, signed) };
    return ended(c.json(whole, 200, { ...headersOf(signed.receipt), [HEADERS.receipt]: encodeReceiptHeader(signed) }));
  } catch (error) {
    parts.logger.error({ err: error, paymentRef: payment.paymentRef }, 'a paid call failed');
    return ended(respondError(c, error, isUnsure(error) ? PRIVATE : headersOf(undefined)));
  }
}

const ended = (response: Response): Served => ({ response, done: Promise.resolve() });

interface Answered {
  outcome: Outcome;
  signed: SignedReceipt;
}

async function answerOnce(parts: CallParts, call: Turn, payment: InHand, emit: Emit): Promise<Answered> {
  const { signing } = parts;
  const kept = payment.mayBeAnswered ? await findAnswer(signing, payment.useRef) : undefined;
  if (!kept) return answerAnew(parts, call, payment, emit);
  await surely(payment, signing.store.synced()); // another request may have written it a moment ago
  if (kept.outcome.kind === 'text')
    for (const [index, { text, tokens }] of choicesOf(kept.outcome).entries()) await emit({ index, text, tokens });
  return { outcome: kept.outcome, signed: receiptOfKept(signing, kept) };
}

/**
 * Throws ANSWER_FAILED where the payment stays good, CONFLICT where it went to another answer, ANSWER_UNSURE where
 * neither is known.
 */
async function answerAnew(
  { signing, logger }: CallParts,
  { model, queryHash, asked, run }: Turn,
  payment: InHand,
  emit: Emit,
): Promise<Answered> {
  try {
    const { outcome, ms } = await run(emit);
    const bill = payment.billOf(costOf(model, { ...tokensOf(outcome), ms }));
    const issue = { payment, bill, outcome, licenseId: model.licenseId, queryHash, asked };
    const signed = await issueReceipt(signing, issue);
    return { outcome, signed };
  } catch (error) {
    if (isOmlError(error) && error.code === 'CONFLICT') throw error;
    await payment.failed().catch((err: unknown) => logger.error({ err }, 'a failed answer could not be noted'));
    throw isUnsure(error) ? error : failedAnswer(payment, error);
  }
}

const isUnsure = (error: unknown): boolean => isOmlError(error) && error.code === 'ANSWER_UNSURE';
