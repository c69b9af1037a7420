import { problemOf } from '@oml/protocol/wire/problem';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Answers a Hono request with the problem of `error`. */
export function respondProblem(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error);
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    ...headers,
    'content-type': 'application/problem+json',
  });
}
