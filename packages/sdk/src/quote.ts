import { OmlError } from '@oml/protocol/error';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { QUOTE_PATH, quoteSchema, type Quote } from '@oml/protocol/wire/quote';
import type { RequestBody } from './asked.ts';

/**
 * Asks a gateway what a body would cost at most, for nothing. Throws what the host refuses the body with, UNAVAILABLE
 * where it gives no quote.
 */
export async function readQuote(baseUrl: string, body: RequestBody, send: typeof fetch = fetch): Promise<Quote> {
  const response = await send(`${baseUrl}${QUOTE_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const given: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, given, { who: 'The host' });
  const { data } = quoteSchema.safeParse(given);
  if (data) return data;
  throw new OmlError('UNAVAILABLE', `What ${baseUrl} answers is no quote.`);
}
