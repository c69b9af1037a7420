import { isOmlError, OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { problemOf } from '@oml/protocol/wire/problem';
import { respondProblem } from './problem.ts';

export interface AppOptions {
  name: string;
  logger: Logger;
  /** Answers /ready; a service that is not ready must not be sent work. */
  isReady?: () => boolean | Promise<boolean>;
  /** Bodies above it get 413 before anything else happens. Default 1 MiB. */
  maxBodyBytes?: number;
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
];

/** The rest of a refused body is never read, so the connection cannot serve another request. */
const UNREAD = { connection: 'close' };

/** A Hono app with health, readiness, metrics, request ids, a body limit, CORS and problem details. */
export function createApp({ name, logger, isReady = () => true, maxBodyBytes = 1 << 20 }: AppOptions): ServiceApp {
  const app = new Hono();
  const metrics = measure(app, name);
  app.use(requestId());
  app.use(cors({ origin: '*', exposeHeaders: EXPOSED }));
  app.use(crossOriginResource);
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) =>
        respondProblem(c, new OmlError('REQUEST_TOO_LARGE', `The body is over ${maxBodyBytes} bytes.`), UNREAD),
    }),
  );
  app.get('/health', (c) => c.json({ ok: true, name }));
  app.get('/ready', async (c) => ((await isReady()) ? c.json({ ready: true }) : c.json({ ready: false }, 503)));
  app.get('/metrics', async (c) => c.body(await metrics.metrics(), 200, { 'content-type': metrics.contentType }));
  app.notFound((c) => respondProblem(c, new OmlError('NOT_FOUND', `There is nothing at ${c.req.path}.`)));
  app.onError((error, c) => {
    const { code, status } = problemOf(error);
    if (status >= 500) logger.error({ err: error, code, path: c.req.path }, 'request failed');
    else logger.info({ code, path: c.req.path, why: isOmlError(error) ? error.message : undefined }, 'request refused');
    return respondProblem(c, error);
  });
  return { app, metrics };
}

/** Pages are cross-origin isolated (threads in onnxruntime-web), so what they load must say that it may be. */
async function crossOriginResource(c: { res: Response }, next: () => Promise<void>): Promise<void> {
  await next();
  c.res.headers.set('cross-origin-resource-policy', 'cross-origin');
}

function measure(app: Hono, service: string): Registry {
  const registry = new Registry();
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
  app.use(async (c, next) => {
    const stop = seconds.startTimer({ method: c.req.method });
    await next();
    stop();
    requests.inc({ method: c.req.method, status: c.res.status });
  });
  return registry;
}
