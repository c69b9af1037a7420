import { createBuyer } from '@oml/sdk/buyer';
import { memoryChannels } from '@oml/sdk/channel/store';
import { createLogger } from '@oml/service/logger';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GAS, KEYS } from '../../test-support/chain-fixture.ts';
import { SESSION } from '../../test-support/channels.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { stored } from '../../test-support/launched.ts';
import { buyerOptions, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { openGatewayStore } from '../store.ts';
import { createSales } from '../vault/sales.ts';

const disk = vi.hoisted(() => ({ fails: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasync = (file: number, done: (error: Error | null) => void) =>
    disk.fails ? done(new Error('EIO: i/o error, fdatasync')) : fs.fdatasync(file, done);
  return { ...fs, fdatasync };
});

let scene: Scene;
let gateway: RunningGateway;
let env: Record<string, string>;
beforeAll(async () => {
  scene = await openScene();
  env = gatewayEnv(scene.chain, [scene.listing]);
  gateway = await startGateway(env, { loops: true });
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

const path = () => join(env['DATA_DIR']!, 'gateway.sqlite');

/** The disk confirms nothing, and what it may have lost cannot be written anew, since somebody reads the old. */
async function whileFailing(work: () => Promise<unknown>): Promise<void> {
  const reader = new DatabaseSync(path());
  reader.exec('BEGIN; SELECT * FROM channel');
  disk.fails = true;
  try {
    await work();
  } finally {
    disk.fails = false;
    reader.exec('COMMIT');
    reader.close();
  }
}

describe('a gateway whose disk does not confirm what it writes', () => {
  it('says that the call may be charged, and charges it once when it is asked again', async () => {
    const channel = { sessionKey: SESSION, deposit: 20n * PRICE, store: memoryChannels() };
    const buyer = createBuyer({ ...buyerOptions(scene.chain), channel });
    const ask = (seed: number) =>
      buyer.complete(gateway.url, { model: 'fable-mini', prompt: 'Once', maxTokens: 2, seed });
    await ask(1);
    await whileFailing(() =>
      expect(ask(2)).rejects.toMatchObject({ code: 'ANSWER_UNSURE', message: expect.stringContaining('charged once') }),
    );
    expect(stored(env, 'SELECT charged FROM channel')).toEqual([{ charged: String(2n * PRICE) }]);
    // What was asked comes first, with the payment of then; so the next call goes on from there.
    expect((await ask(3)).signedReceipt.receipt.cumulative).toBe(3n * PRICE);
    expect(stored(env, `SELECT cumulative FROM charge WHERE state = 'answered'`)).toHaveLength(3);
  });

  it('sells nothing until it does', async () => {
    const store = await openGatewayStore(path());
    const logger = createLogger('gateway');
    logger.level = 'silent';
    const sales = createSales({ chain: scene.chain.as(KEYS.BUYER), store, gas: GAS, logger });
    await store.lax.updateTable('channel').set({ created_at: 1 }).execute();
    await whileFailing(async () => {
      await sales.look();
      expect(() => sales.check()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE', retryable: true }));
    });
    await sales.look();
    sales.check();
    await store.close();
  });
});
