import { serve, type ServerType } from '@hono/node-server';
import { freePort } from '@oml/service/test-support/dev-chain';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KEYS } from './actors.ts';
import { startPublisherOnChain, type OpenOptions, type PublisherOnChain } from './publisher-on-chain.ts';

/** A publisher that OWNER's commands reach over HTTP. */
export interface ServedPublisher extends PublisherOnChain {
  url: string;
  /** What a command of OWNER prints on stdout. Rejects where it fails, with `code`, `stdout` and `stderr`. */
  say(program: string, ...args: string[]): Promise<string>;
}

export async function servePublisherOnChain(options: OpenOptions = {}): Promise<ServedPublisher> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const on = await startPublisherOnChain({ ...options, options: { ...options.options, ALSO_AT: url } });
  const door: ServerType = serve({ fetch: (request) => on.publisher.app.fetch(request), port, hostname: '127.0.0.1' });
  await once(door, 'listening');
  const stop = on.stop;
  return Object.assign(on, {
    url,
    async say(program: string, ...args: string[]) {
      const { rpcUrl: RPC_URL, deploymentPath: OML_DEPLOYMENT } = on.chain;
      const env = { ...process.env, RPC_URL, OML_DEPLOYMENT, OWNER_KEY: KEYS.OWNER };
      const command = [join(import.meta.dirname, '../src', program), '--publisher', url, ...args];
      return (await promisify(execFile)(process.execPath, command, { env, maxBuffer: 1 << 24 })).stdout;
    },
    async stop() {
      door.close();
      await stop();
    },
  });
}
