// Pages with their index over a chain of their own, whose clock may be moved on: what no story that shares one may do.
import { startMigratedPostgres } from '@oml/db/test-support/database';
import { freePort } from '@oml/program/test-support/postgres';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startMarket, type Market } from '../apps/web/test-support/market.ts';
import { startWeb, untilAnswers } from './seeded-site.ts';

const ROOT = join(import.meta.dirname, '..');

export interface OwnMarket {
  market: Market;
  url: string;
  stop(): Promise<void>;
}

/** Needs the pages built. */
export async function startOwnMarket(): Promise<OwnMarket> {
  const [market, postgres] = await Promise.all([startMarket(), startMigratedPostgres()]);
  const place = {
    RPC_URL: market.rpcUrl,
    OML_DEPLOYMENT: market.deploymentPath,
    DATABASE_URL: await postgres.create(),
  };
  const indexer = spawn(process.execPath, ['apps/indexer/src/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...place, PORT: String(await freePort()), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => indexer.once('exit', () => resolve()));
  const web = await startWeb(place);
  const stop = async () => {
    await web.stop();
    indexer.kill('SIGTERM');
    await ended;
    await postgres.stop();
    await market.stop();
  };
  try {
    await untilAnswers(web.url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { market, url: web.url, stop };
}
