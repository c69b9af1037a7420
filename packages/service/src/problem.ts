import { problemOf } from '@oml/protocol/wire/problem';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Under this name a request keeps the code that refused it, for the metrics; whoever writes a refusal sets it. */
export const REFUSAL = 'omlRefusal';

/** Answers a Hono request with the problem of `error`. */
export function respondProblem(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error);
  c.set(REFUSAL, problem.code);
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    ...headers,
    'content-type': 'application/problem+json',
  });
}
