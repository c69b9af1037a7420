import { openAiErrorBody } from '@oml/service/openai-error';
import { REFUSAL } from '@oml/service/problem';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The Open Inference Protocol's errors are a text. */
const isInference = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/** Answers a request with what OpenAI clients read. */
export function respondError(c: Context, error: unknown, headers: Record<string, string> = {}): Response {
  const { status, body } = openAiErrorBody(error);
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
