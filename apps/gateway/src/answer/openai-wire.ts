import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { problemOf } from '@oml/protocol/wire/problem';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Hex } from 'viem';
import { z } from 'zod';
import type { Outcome } from './kept-answers.ts';

/**
 * A body of `POST /v1/completions`. Members that this gateway would ignore are refused: the whole body is hashed into
 * the receipt.
 */
export const completionBody = z.strictObject({
  model: z.string(),
  prompt: z.string().min(1),
  max_tokens: z.int().min(1).max(4_096).default(16),
  temperature: z.number().min(0).max(2).default(1),
  top_p: z.number().gt(0).max(1).default(1),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().nullish(),
  stream: z.boolean().nullish(),
  user: z.string().optional(),
  n: z.literal(1).optional(),
});
export type CompletionBody = z.output<typeof completionBody>;

/** A body of `POST /v1/classify`. */
export const classifyBody = z.strictObject({
  model: z.string(),
  dtype: z.enum(['float32', 'uint8']),
  /** Row-major dims, such as [1, 1, 28, 28]. */
  shape: z.array(z.int().positive()).min(1).max(8),
  /** Base64 of the little-endian bytes. */
  data: z.base64(),
  user: z.string().optional(),
});
export type ClassifyBody = z.output<typeof classifyBody>;

/** Reads a JSON body. Throws REQUEST_INVALID, naming the members. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): { raw: Record<string, unknown>; body: z.output<Schema> } {
  const raw = readJson(text);
  return { body: readRequest(schema, raw), raw: raw as Record<string, unknown> };
}

export interface AnswerFrame {
  paymentRef: Hex;
  model: string;
  /** Unix seconds. */
  created: number;
}

/** The whole answer, as OpenAI shapes it, with its receipt. */
export function renderAnswer(
  { paymentRef, model, created }: AnswerFrame,
  outcome: Outcome,
  signed: SignedReceipt,
): Record<string, unknown> {
  const oml = receiptToJson(signed);
  if (outcome.kind === 'label') {
    const { index, label, probabilities } = outcome;
    return {
      id: `cls-${paymentRef.slice(2, 26)}`,
      object: 'classification',
      created,
      model,
      index,
      label,
      probabilities,
      oml,
    };
  }
  const { promptTokens, completionTokens } = outcome.usage;
  const usage = {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
  return { ...chunk({ paymentRef, model, created }, outcome.text, outcome.finishReason), usage, oml };
}

/** One piece of a streamed completion. */
export function chunk(
  { paymentRef, model, created }: AnswerFrame,
  text: string,
  finishReason: string | null,
): Record<string, unknown> {
  const choices = [{ index: 0, text, logprobs: null, finish_reason: finishReason }];
  return { id: `cmpl-${paymentRef.slice(2, 26)}`, object: 'text_completion', created, model, choices };
}

/** The last event of a stream. Its empty `choices` keeps OpenAI clients from stumbling over it. */
export function receiptEvent(signed: SignedReceipt): Record<string, unknown> {
  return { object: 'oml.receipt', choices: [], oml: receiptToJson(signed) };
}

/** Problem details that OpenAI clients read too. They must not retry: each of their retries would be a new payment. */
export function errorBody(error: unknown): { status: number; body: Record<string, unknown> } {
  const problem = problemOf(error);
  const type = problem.status >= 500 ? 'server_error' : 'invalid_request_error';
  return {
    status: problem.status,
    body: { ...problem, error: { message: problem.detail, type, param: null, code: problem.code } },
  };
}

/** Answers a request with {@link errorBody}. */
export function respondError(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const { status, body } = errorBody(error);
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    ...headers,
    'content-type': 'application/problem+json',
    'x-should-retry': 'false',
  });
}
