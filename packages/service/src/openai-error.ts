import { problemOf } from '@oml/protocol/wire/problem';

/**
 * Problem details that OpenAI clients read too; `param` names the member that is refused. They must not retry: each of
 * their retries would be a new payment.
 */
export function openAiErrorBody(error: unknown): { status: number; body: Record<string, unknown> } {
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
