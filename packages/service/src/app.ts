import { isOmlError, OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { Hono, type Context, type MiddlewareHandler, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { problemOf } from '@oml/protocol/wire/problem';
import { REFUSAL, respondProblem } from './problem.ts';

/** Whether, or ready and with facts that anybody may know. */
export type IsReady = () => Ready | Promise<Ready>;
export type Ready = boolean | Record<string, unknown>;

export interface AppOptions {
  name: string;
  logger: Logger;
  /** Answers /ready; a service that is not ready must not be sent work. What it throws, /ready repeats. */
  isReady?: IsReady;
  /** Bodies above it get 413 before anything else happens. Default 1 MiB. */
  maxBodyBytes?: number;
  /** Requests whose route reads the body as it arrives, and bounds it itself. */
  isStreamed?: (c: Context) => boolean;
  /** The origin that a page may ask from; null: none. Default every one. */
  originOf?: (origin: string, c: Context) => string | null;
  /** What is measured goes here too. */
  metrics?: Registry;
  /** How refusals are written, if not as problem details alone. */
  respond?: typeof respondProblem;
}

export interface ServiceApp {
  app: Hono;
  metrics: Registry;
}

const EXPOSED = [
  'PAYMENT-REQUIRED',
  'PAYMENT-RESPONSE',
  'X-PAYMENT-RESPONSE',
  HEADERS.receipt,
  'x-request-id',
  'x-should-retry',
  // By which clients see how far their clock is off.
  'date',
];

/**
 * Of every answer. Any page may read it; pages are cross-origin isolated (threads in onnxruntime-web), so what they
 * load must say that it may be.
 */
const OPEN = [
  ['access-control-allow-origin', '*'],
  ['access-control-expose-headers', EXPOSED.join(',')],
  ['cross-origin-resource-policy', 'cross-origin'],
] as const;

const registries = new WeakMap<Hono, Registry>();

/** What an app measures. It is served on a port of its own, never where strangers ask. */
export const metricsOf = (app: Hono): Registry | undefined => registries.get(app);

/** The rest of a refused body is never read, so the connection cannot serve another request. */
const UNREAD = { connection: 'close' };

/** A Hono app with health, readiness, request ids, a body limit, CORS, problem details and metrics. */
export function createApp({ name, logger, isReady = () => true, ...options }: AppOptions): ServiceApp {
  const { maxBodyBytes = 1 << 20, respond = respondProblem } = options;
  const app = new Hono();
  const metrics = measure(app, name, options.metrics ?? new Registry());
  registries.set(app, metrics);
  app.use(requestId());
  app.use(options.originOf ? openToSome(options.originOf) : openToPages);
  const limit = limitBody(maxBodyBytes, (c) =>
    respond(c, new OmlError('REQUEST_TOO_LARGE', `The body is over ${maxBodyBytes} bytes.`), UNREAD),
  );
  app.use((c, next) => (options.isStreamed?.(c) ? next() : limit(c, next)));
  app.get('/health', (c) => c.json({ ok: true, name }));
  app.get('/ready', async (c) => {
    const ready = await readiness(isReady);
    return c.json(ready, ready.ready ? 200 : 503);
  });
  app.notFound((c) => respond(c, new OmlError('NOT_FOUND', `There is nothing at ${c.req.path}.`)));
  app.onError((error, c) => {
    const { code, status } = problemOf(error);
    if (status >= 500) logger.error({ err: error, code, path: c.req.path }, 'request failed');
    else logger.info({ code, path: c.req.path, why: isOmlError(error) ? error.message : undefined }, 'request refused');
    return respond(c, error);
  });
  return { app, metrics };
}

/** What /ready says. */
interface Readiness {
  ready: boolean;
  code?: string;
  detail?: string;
}

/** Not ready is one who says so, or an OmlError, which says why, too. */
async function readiness(isReady: IsReady): Promise<Readiness> {
  try {
    const ready = await isReady();
    return typeof ready === 'boolean' ? { ready } : { ready: true, ...ready };
  } catch (error) {
    const { code, detail } = problemOf(error);
    return { ready: false, code, detail };
  }
}

const preflight = cors({ origin: '*', exposeHeaders: EXPOSED });

/** Its headers are set on the answer that is there: one that is put together from two takes a far longer way out. */
async function openToPages(c: Context, next: Next): Promise<Response | void> {
  if (c.req.method === 'OPTIONS') return preflight(c, next);
  await next();
  for (const [name, value] of OPEN) c.res.headers.set(name, value);
}

/** The same for the pages that are named. */
function openToSome(originOf: NonNullable<AppOptions['originOf']>): MiddlewareHandler {
  const some = cors({ origin: originOf, exposeHeaders: EXPOSED });
  return async (c, next) => {
    const answer = await some(c, next);
    if (answer) return answer;
    c.res.headers.set('cross-origin-resource-policy', 'cross-origin');
  };
}

/**
 * A length that is declared holds, since the server reads no further; only a body without one is counted as it comes,
 * which makes a stream of every request.
 */
function limitBody(maxSize: number, onError: (c: Context) => Response): MiddlewareHandler {
  const counted = bodyLimit({ maxSize, onError });
  return async (c, next) => {
    const length = c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined;
    if (length === undefined) return counted(c, next);
    return Number(length) > maxSize ? onError(c) : next();
  };
}

function measure(app: Hono, service: string, registry: Registry): Registry {
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Answers by route and status',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'http_request_seconds',
    help: 'Time to the answer',
    labelNames: ['method'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'oml_refusals_total',
    help: 'Requests that were refused, by the code of the refusal',
    labelNames: ['code'],
    registers: [registry],
  });
  app.use(async (c, next) => {
    const stop = seconds.startTimer({ method: c.req.method });
    await next();
    stop();
    requests.inc({ method: c.req.method, status: c.res.status });
    const code = (c as Context).get(REFUSAL) as string | undefined;
    if (code !== undefined) refusals.inc({ code });
  });
  return registry;
}
