import { serve, type ServerType } from '@hono/node-server';
import { OmlError, isOmlError } from '@oml/protocol/error';
import type { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import type { Logger } from './logger.ts';

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
  close(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;

/** Listens, stops gracefully on SIGTERM and SIGINT, and ends the process on a crash. Throws PORT_IN_USE. */
export async function runService({
  name,
  app,
  port,
  host = process.env['HOST'] ?? '127.0.0.1',
  logger,
  stop,
}: RunOptions): Promise<RunningService> {
  const server = await listen(name, app, port, host);
  const actualPort = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeServer(server).then(() => stop?.()));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void endAfter(close, logger));
  crashOn(logger);
  logger.info({ port: actualPort }, `${name} listens`);
  return { port: actualPort, close };
}

function listen(name: string, app: Hono, port: number, hostname: string): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        taken
          ? new OmlError(
              'PORT_IN_USE',
              `Port ${port}, which ${name} needs, is in use: stop what listens there or choose another PORT.`,
              { cause },
            )
          : cause,
      );
    });
  });
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeIdleConnections' in server) server.closeIdleConnections();
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

/** Runs a `main`, turning an OmlError into one clear line and exit code 1 (75 where trying again can help). */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!isOmlError(error)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exit(error.retryable ? 75 : 1);
  }
}
