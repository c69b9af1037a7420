import { serve, type ServerType } from '@hono/node-server';
import { OmlError } from '@oml/protocol/error';
import type { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import { createTicker } from '@oml/service/ticker';
import { createLogger } from '@oml/service/logger';
import type { Purse } from './purse.ts';

export interface ServeOptions {
  port: number;
  host: string;
  signal: AbortSignal;
  /** Told the origin where it listens. */
  onListening(origin: string): void;
}

const REDEEM_MS = 30_000;

/** Serves until it is told to stop, and asks for answers that were lost every now and then. Throws PORT_IN_USE. */
export async function servePurse(purse: Purse, app: Hono, options: ServeOptions): Promise<void> {
  const { port, host, signal, onListening } = options;
  const server = await listen(app.fetch, port, host);
  const stopRedeeming = redeemNowAndThen(purse);
  onListening(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`);
  await new Promise<void>((resolve) => {
    const stop = () => resolve();
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    process.once('SIGTERM', stop);
  });
  await stopRedeeming();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Asks for answers that were paid for and lost, at once and every half minute, until it is stopped. */
export function redeemNowAndThen({ market }: Pick<Purse, 'market'>): () => Promise<void> {
  // Standard output is for results, and for MCP's frames.
  const logger = createLogger('pay', (line) => void process.stderr.write(line));
  const redeeming = createTicker({
    everyMs: REDEEM_MS,
    logger,
    async run() {
      for (const { call, error } of (await market.redeem()).ended)
        logger.error({ url: call.url, err: error }, 'an answer was paid for and is given up');
    },
  });
  redeeming.start();
  return () => redeeming.stop();
}

function listen(fetch: (request: Request) => Response | Promise<Response>, port: number, hostname: string) {
  return new Promise<ServerType>((resolve, reject) => {
    const server = serve({ fetch, port, hostname }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE'
          ? new OmlError('PORT_IN_USE', `Port ${port} is in use: choose another with --port.`, { cause })
          : cause,
      ),
    );
  });
}
