import { serve, type ServerType } from '@hono/node-server';
import { OmlError } from '@oml/protocol/error';
import type { AddressInfo } from 'node:net';
import { createTicker } from '@oml/service/ticker';
import { createLogger } from '@oml/service/logger';
import { proxyApp } from './proxy.ts';
import type { Purse } from './purse.ts';

export interface ServeOptions {
  port: number;
  host: string;
  token: string;
  signal: AbortSignal;
  /** Told where it listens. */
  onListening(url: string): void;
}

const REDEEM_MS = 30_000;

/** Serves until it is told to stop, and asks for answers that were lost every now and then. */
export async function servePurse(purse: Purse, options: ServeOptions): Promise<void> {
  const { port, host, token, signal, onListening } = options;
  const app = proxyApp(purse, token);
  const server = await listen(app.fetch, port, host);
  const logger = createLogger('pay');
  const redeeming = createTicker({
    everyMs: REDEEM_MS,
    logger,
    async run() {
      for (const { call, error } of (await purse.market.redeem()).ended)
        logger.error({ url: call.url, err: error }, 'an answer was paid for and is given up');
    },
  });
  redeeming.start();
  onListening(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/v1`);
  await new Promise<void>((resolve) => {
    const stop = () => resolve();
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    process.once('SIGTERM', stop);
  });
  await redeeming.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
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
