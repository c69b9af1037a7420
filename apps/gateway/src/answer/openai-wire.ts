import { formatDollars } from '@oml/protocol/money';
import type { DrawnToken } from '@oml/onnx/run/token-chances';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import type { Hex } from 'viem';
import { choicesOf, type Choice, type Outcome } from './kept-answers.ts';
import { listedLogprobs, namedLogprobs } from './logprobs.ts';

export interface AnswerFrame {
  /** What it was paid with: its id is made of it. */
  useRef: Hex;
  model: string;
  /** Unix seconds. */
  created: number;
}

type Json = Record<string, unknown>;

/** How one route writes answers. */
export interface Wire {
  /** The whole answer, without its receipt. */
  whole(frame: AnswerFrame, outcome: Outcome): Json;
  /** What a stream begins with, before there is any text. */
  opening?(frame: AnswerFrame, index: number): Json;
  /** One piece of a streamed text; with a reason, the end of it. */
  piece(frame: AnswerFrame, piece: Piece, finishReason: string | null): Json;
}

/** What is known of a text while it is made. */
export interface Piece {
  /** Of its choice. */
  index: number;
  text: string;
  tokens?: DrawnToken[] | undefined;
}

/** `POST /v1/completions`. */
export const completionWire: Wire = {
  whole: (frame, outcome) => ({
    ...completionHead(frame),
    choices: textsOf(outcome).map(({ finishReason, ...choice }, index) =>
      completionChoice({ index, ...choice }, finishReason),
    ),
  }),
  piece: (frame, piece, finishReason) => ({
    ...completionHead(frame),
    choices: [completionChoice(piece, finishReason)],
  }),
};

const completionHead = ({ useRef, model, created }: AnswerFrame): Json => ({
  id: `cmpl-${shortRef(useRef)}`,
  object: 'text_completion',
  created,
  model,
});
const completionChoice = ({ index, text, tokens }: Piece, finishReason: string | null): Json => ({
  index,
  text,
  logprobs: tokens ? listedLogprobs(tokens) : null,
  finish_reason: finishReason,
});

const chatHead = ({ useRef, model, created }: AnswerFrame, object: string): Json => ({
  id: `chatcmpl-${shortRef(useRef)}`,
  object,
  created,
  model,
});
const chatChunk = (
  frame: AnswerFrame,
  delta: Json,
  { index, tokens }: Omit<Piece, 'text'>,
  end: string | null,
): Json => ({
  ...chatHead(frame, 'chat.completion.chunk'),
  choices: [{ index, delta, logprobs: tokens ? namedLogprobs(tokens) : null, finish_reason: end }],
});

/** `POST /v1/chat/completions`. */
export const chatWire: Wire = {
  whole: (frame, outcome) => {
    const choices = textsOf(outcome).map(({ text, finishReason, tokens }, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: tokens ? namedLogprobs(tokens) : null,
      finish_reason: finishReason,
    }));
    return { ...chatHead(frame, 'chat.completion'), choices };
  },
  opening: (frame, index) => chatChunk(frame, { role: 'assistant', content: '' }, { index }, null),
  piece: (frame, piece, finishReason) =>
    chatChunk(frame, piece.text === '' && !piece.tokens ? {} : { content: piece.text }, piece, finishReason),
};

/** The name of an answer, from its payment. */
export const shortRef = (useRef: Hex): string => useRef.slice(2, 26);

function textsOf(outcome: Outcome): Choice[] {
  if (outcome.kind === 'text') return choicesOf(outcome);
  throw new Error('a language model gave no text');
}

/** Tokens where there are any, and the dollars that were charged. */
export function usageOf(outcome: Outcome, { receipt }: SignedReceipt): Json {
  const cost = Number(formatDollars(receipt.amount));
  if (outcome.kind !== 'text') return { cost };
  const { promptTokens, completionTokens } = outcome.usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost,
  };
}

/** What every whole answer ends with: what it cost, under which payment, and the receipt. */
export const paidMembers = (outcome: Outcome, signed: SignedReceipt): Json => ({
  usage: usageOf(outcome, signed),
  payment_ref: signed.receipt.paymentRef,
  oml: receiptToJson(signed),
});

/** The event of a stream that OpenAI clients ask for by `stream_options.include_usage`. */
export const usageEvent = (end: Json, outcome: Outcome, signed: SignedReceipt): Json => ({
  ...end,
  choices: [],
  usage: usageOf(outcome, signed),
  payment_ref: signed.receipt.paymentRef,
});

/**
 * The last event of a stream. Its empty `choices` keeps OpenAI clients from stumbling over it; without `usage`, since
 * some add up what several events say.
 */
export const receiptEvent = (outcome: Outcome, signed: SignedReceipt): Json => ({
  object: 'oml.receipt',
  choices: [],
  cost: usageOf(outcome, signed)['cost'],
  payment_ref: signed.receipt.paymentRef,
  oml: receiptToJson(signed),
});
