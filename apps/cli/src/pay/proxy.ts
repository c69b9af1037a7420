import { OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { CALL_PATH, CHAT_PATH } from '@oml/protocol/wire/model-kind';
import { refusalOf } from '@oml/sdk/refusal';
import { openAiErrorBody } from '@oml/service/openai-error';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { listByModel } from './model-list.ts';
import type { Purse } from './purse.ts';
import { isToken } from './token.ts';

const MOST_BYTES = 8 << 20;
/** Of an answer's headers these go on to the client. */
const PASSED = ['content-type', 'payment-response', HEADERS.receipt];
const CALLS = [CALL_PATH.language, CHAT_PATH, CALL_PATH.classifier];

/**
 * An OpenAI-compatible API that buys what it is asked for. Whoever has the token spends the budget, so there is one,
 * and pages of other origins are not let in (no CORS).
 */
export function proxyApp(
  { market, offers, journal }: Pick<Purse, 'market' | 'offers' | 'journal'>,
  token: string,
): Hono {
  const app = new Hono();
  app.get('/health', (c) => c.json({ ok: true, name: 'oml pay' }));
  app.use(async (c, next) => {
    if (isToken(c.req.header('authorization'), token)) return next();
    const says = 'Give the token that oml pay serve prints as the API key.';
    return respond(c, new OmlError('UNAUTHORIZED', says));
  });
  const tooLarge = (c: Context) =>
    respond(c, new OmlError('REQUEST_TOO_LARGE', `A body may have ${MOST_BYTES} bytes.`));
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }));
  app.get('/v1/models', async (c) => c.json({ object: 'list', data: listByModel(await offers()) }));
  app.get('/v1/models/:id{.+}', async (c) => {
    const id = c.req.param('id');
    const entry = listByModel(await offers()).find((each) => each.id === id || each.model_id === id);
    if (!entry) throw new OmlError('NOT_FOUND', `No host serves "${id.slice(0, 80)}" just now.`);
    return c.json(entry);
  });
  app.get('/v1/budget', async (c) => c.json(inText(await market.budget())));
  app.get('/v1/receipts', (c) => c.json({ object: 'list', data: journal.read(100) }));
  for (const path of CALLS)
    app.post(path, async (c) => {
      const body = bodyOf(await c.req.text());
      const { response, offer } = await market.send({ path, body, signal: c.req.raw.signal });
      if (!response.ok) return respond(c, await refusalOf(response));
      const headers = PASSED.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      const passed = new Headers([...headers, ['x-oml-host', offer.baseUrl]].map(([name, value]) => [name!, value!]));
      return new Response(response.body && endingInWords(response.body), { status: response.status, headers: passed });
    });
  app.notFound((c) => respond(c, new OmlError('NOT_FOUND', `There is nothing at ${c.req.path}.`)));
  app.onError((error, c) => respond(c, error));
  return app;
}

function bodyOf(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // refused below
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new OmlError('REQUEST_INVALID', 'The body is no JSON object.');
  if (typeof (body as { model?: unknown }).model !== 'string')
    throw new OmlError('REQUEST_INVALID', 'model names what is asked: GET /v1/models lists what there is.', {
      details: { param: 'model' },
    });
  return body as Record<string, unknown>;
}

/** A retry of a client's own would be another call: what was lost is asked for again here, and costs nothing more. */
function respond(c: Context, error: unknown): Response {
  const { status, body } = openAiErrorBody(error);
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/json',
    'x-should-retry': 'false',
  });
}

/** A stream that breaks off says so in its last event, as OpenAI's clients expect it, and never looks whole. */
function endingInWords(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          const { error: told } = openAiErrorBody(error).body;
          controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify({ error: told })}\n\n`));
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

const inText = (value: unknown): object =>
  JSON.parse(
    JSON.stringify(value ?? {}, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  ) as object;
