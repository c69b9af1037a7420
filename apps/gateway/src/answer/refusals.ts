import { problemOf } from '@oml/protocol/wire/problem';
import { REFUSAL } from '@oml/service/problem';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/**
 * Problem details that OpenAI clients read too; `param` names the member that is refused. They must not retry: each of
 * their retries would be a new payment.
 */
export function errorBody(error: unknown): { status: number; body: Record<string, unknown> } {
  const problem = problemOf(error);
  const param = typeof problem['param'] === 'string' ? problem['param'] : null;
  const { status, code, detail: message } = problem;
  return { status, body: { ...problem, error: { message, type: typeOf(status), param, code } } };
}

/** OpenAI's kinds of errors, by status. */
function typeOf(status: number): string {
  if (status >= 500) return 'server_error';
  return { 401: 'authentication_error', 403: 'permission_error' }[status] ?? 'invalid_request_error';
}

/** The Open Inference Protocol's errors are a text. */
const isInference = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/** Answers a request with {@link errorBody}. */
export function respondError(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const { status, body } = errorBody(error);
  c.set(REFUSAL, body['code']);
  const written = isInference(c.req.path) ? { ...body, error: body['detail'] } : body;
  const { retryAfter } = body;
  return c.body(JSON.stringify(written), status as ContentfulStatusCode, {
    ...(typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : {}),
    ...headers,
    'content-type': 'application/problem+json',
    'x-should-retry': 'false',
  });
}
