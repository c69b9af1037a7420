import { isOmlError, OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** RFC 9457 problem details; `type` ends in the code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: OmlErrorCode;
  detail: string;
  retryable: boolean;
  [member: string]: unknown;
}

const STATUS: Partial<Record<OmlErrorCode, number>> = {
  REQUEST_INVALID: 400,
  PROMPT_TOO_LONG: 400,
  MODEL_NOT_ONNX: 422,
  MODEL_INVALID: 422,
  MODEL_UNSUPPORTED: 422,
  MODEL_TOO_LARGE: 413,
  REQUEST_TOO_LARGE: 413,
  CODE_BOOK_INVALID: 422,
  CODE_BOOK_TOO_SMALL: 422,
  TOKENIZER_INVALID: 422,
  EDIT_INFEASIBLE: 422,
  UNAUTHORIZED: 401,
  SIGNATURE_INVALID: 401,
  NOT_STAKED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  IDEMPOTENCY_CONFLICT: 409,
  BATCH_NOT_DRAWN: 409,
  LICENSE_NOT_ACTIVE: 409,
  PAYMENT_REQUIRED: 402,
  PAYMENT_INVALID: 402,
  PAYMENT_SHORT: 402,
  PAYMENT_EXPIRED: 402,
  PAYMENT_USED: 402,
  PAYMENT_UNSETTLED: 402,
  UNAVAILABLE: 503,
  CHAIN_UNREACHABLE: 503,
};

/** The problem of any thrown value; what is no OmlError says nothing but INTERNAL. */
export function problemOf(error: unknown): Problem {
  const known = isOmlError(error)
    ? error
    : new OmlError('INTERNAL', 'Something went wrong on this side. It was logged.', { retryable: true });
  return {
    ...known.details,
    type: `https://oml.dev/problems/${known.code}`,
    title: known.code.toLowerCase().replaceAll('_', ' '),
    status: STATUS[known.code] ?? 500,
    code: known.code,
    detail: known.message,
    retryable: known.retryable,
  };
}

/** Answers a Hono request with the problem of `error`. */
export function respondProblem(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error);
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    ...headers,
    'content-type': 'application/problem+json',
  });
}
