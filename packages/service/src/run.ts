import { serve, type ServerType } from '@hono/node-server';
import { OmlError } from '@oml/protocol/error';
import { Hono } from 'hono';
import { problemOf } from '@oml/protocol/wire/problem';
import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { metricsOf } from './app.ts';
import { errorFacts } from './error-facts.ts';
import type { Logger } from './logger.ts';
import { listenVariables, readOptions } from './options.ts';
import { plainError } from './plain-error.ts';

export interface RunOptions {
  name: string;
  app: Hono;
  port: number;
  /** The environment's HOST, or loopback. */
  host?: string;
  logger: Logger;
  /** Runs once before the process ends; may close stores and loops. */
  stop?: () => Promise<void> | void;
}

export interface RunningService {
  port: number;
  /** Present where metrics are served. */
  metricsPort?: number;
  close(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;
/**
 * How long an idle connection stays open: longer than balancers keep theirs (a minute at AWS and nginx), since one that
 * is closed here while a request is under way on it is a broken call to whoever sent that.
 */
const KEEP_ALIVE_MS = 75_000;

const metricsVariables = z.object(listenVariables).pick({ METRICS_PORT: true, METRICS_HOST: true });

/**
 * Listens, stops gracefully on SIGTERM and SIGINT, and ends the process on a crash. What the app measures is served on
 * METRICS_PORT of METRICS_HOST, if the environment names one. Throws PORT_IN_USE, ENV_INVALID.
 */
export async function runService({
  name,
  app,
  port,
  host = process.env['HOST'] ?? '127.0.0.1',
  logger,
  stop,
}: RunOptions): Promise<RunningService> {
  const server = await listen({ name, app, port, host, variable: 'PORT' });
  const metrics = await listenMetrics(name, app).catch(async (error: unknown) => {
    await closeServer(server);
    throw error;
  });
  const actualPort = portOf(server);
  let closing: Promise<void> | undefined;
  const closeAll = () => Promise.all([closeServer(server), metrics && closeServer(metrics)]);
  const close = () => (closing ??= closeAll().then(() => stop?.()));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void endAfter(close, logger));
  crashOn(logger);
  const metricsPort = metrics && portOf(metrics);
  logger.info({ port: actualPort, ...(metrics ? { metricsPort } : {}) }, `${name} listens`);
  return { port: actualPort, ...(metricsPort === undefined ? {} : { metricsPort }), close };
}

/** `/metrics` and nothing else, where the environment says. */
async function listenMetrics(name: string, app: Hono): Promise<ServerType | undefined> {
  const { METRICS_PORT, METRICS_HOST } = readOptions(metricsVariables);
  const registry = metricsOf(app);
  if (METRICS_PORT === undefined || !registry) return undefined;
  const page = new Hono();
  page.get('/metrics', async (c) => c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  return listen({ name, app: page, port: METRICS_PORT, host: METRICS_HOST, variable: 'METRICS_PORT' });
}

const portOf = (server: ServerType): number => (server.address() as AddressInfo).port;

interface Listening {
  name: string;
  app: Hono;
  port: number;
  host: string;
  /** What the port is set by. */
  variable: string;
}

function listen({ name, app, port, host, variable }: Listening): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: host }, () => resolve(server));
    if ('keepAliveTimeout' in server) server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('clientError', refuseUnread);
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        taken
          ? new OmlError(
              'PORT_IN_USE',
              `Port ${port}, which ${name} needs, is in use: stop what listens there or choose another ${variable}.`,
              { cause },
            )
          : cause,
      );
    });
  });
}

/** What is no HTTP, or has more headers than Node reads (16 KiB), is refused in the words of everything else. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const isLong = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = problemOf(
    isLong
      ? new OmlError('REQUEST_TOO_LARGE', 'The headers of a request are read up to 16 KiB, a payment among them.')
      : new OmlError('REQUEST_INVALID', 'This is no HTTP request.'),
  );
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Lets calls under way end; a connection whose call ended meanwhile is idle, and would keep the server open. */
function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const closeIdle = () => 'closeIdleConnections' in server && server.closeIdleConnections();
    const timer = setInterval(closeIdle, 50);
    server.close(() => (clearInterval(timer), resolve()));
    closeIdle();
  });
}

async function endAfter(close: () => Promise<void>, logger: Logger): Promise<void> {
  const timer = setTimeout(() => process.exit(1), STOP_TIMEOUT_MS);
  try {
    await close();
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'stopping failed');
    process.exit(1);
  } finally {
    clearTimeout(timer);
  }
}

let crashing = false;
function crashOn(logger: Logger): void {
  if (crashing) return;
  crashing = true;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, 'crash');
      process.exit(1);
    });
  }
}

/** Runs a `main`, turning an error into one clear line and exit code 1 (75 where trying again can help). */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exit(tellError(error));
  }
}

/** Says on standard error what went wrong, without a key or the address of a node; the exit code for it. */
export function tellError(error: unknown): 1 | 75 {
  const { code, message, retryable } = plainError(error);
  console.error(`${code}: ${message}`);
  if (code === 'INTERNAL') for (const frame of errorFacts(error).stack ?? []) console.error(`  ${frame}`);
  return retryable ? 75 : 1;
}
