import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { TOWER_PATH, VOUCHERS_PATH, type Tower } from '@oml/protocol/wire/voucher-export';
import { createApp, type ServiceApp } from '@oml/service/app';
import { checkChain, connectChain } from '@oml/service/chain';
import { createLogger, type Logger } from '@oml/service/logger';
import { readOptions } from '@oml/service/options';
import { runService } from '@oml/service/run';
import { createTicker, type Ticker } from '@oml/service/ticker';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Address } from 'viem';
import { createAlerts, gasLow, type Condition } from '../health/alerts.ts';
import { FEW_BOOKINGS, readGasLeft } from '../health/look.ts';
import { createGasAccount } from '../payment/gas-account.ts';
import { markOf, openGatewayStore } from '../store.ts';
import { readBacklog } from '../vault/backlog.ts';
import { collectDue, type Collected, type Collecting, type Missing } from '../vault/collect.ts';
import { forgetOld } from './keep.ts';
import { towerOptions, type TowerOptions } from './options.ts';
import { noticeRollback } from '../vault/rollback.ts';
import { createReceive, type Receive } from './receive.ts';

export interface Watchtower {
  app: ServiceApp['app'];
  loops: Ticker[];
  stop(): Promise<void>;
}

/** A full export is under 200 kB. */
const MAX_BODY_BYTES = 256 * 1024;
const ROUND_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 10_000;
const FORGET_EVERY_MS = 3_600_000;
/** It collects by age alone. */
const NEVER_ENOUGH = 2n ** 255n;

/**
 * Wires a watchtower together: it keeps the vouchers that its hosts hand over, in the gateway's own tables, and
 * collects by the gateway's own round what they have not collected in time. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH.
 */
export async function createWatchtower(
  options: TowerOptions,
  logger: Logger = createLogger('watchtower'),
): Promise<Watchtower> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment: readDeployment(options.OML_DEPLOYMENT) });
  await checkChain(chain);
  const { chainId, contracts } = chain.deployment;
  mkdirSync(options.DATA_DIR, { recursive: true, mode: 0o700 });
  const store = await openGatewayStore(join(options.DATA_DIR, 'tower.sqlite'));
  const gas = createGasAccount(chain, options.TOWER_KEY);
  const domain = { chainId, batchSettlement: contracts.batchSettlement };
  const mark = await markOf(store);
  const receive = createReceive({ chain, store, tower: gas.address, hosts: options.WATCHED_HOSTS, domain, mark });
  const tower: Tower = {
    object: 'oml.watchtower',
    address: gas.address,
    chainId,
    collectsAfter: options.WATCH_AFTER,
    mark,
  };
  const { app, metrics } = createTowerApp({
    tower,
    receive,
    logger,
    isReady: () => checkChain(chain).then(() => true),
  });
  const alerts = createAlerts({ webhook: options.ALERT_WEBHOOK, account: gas.address, logger });
  const measured = measure(metrics);
  const collecting: Collecting = {
    chain,
    gas,
    store,
    watch: { forget: () => {} },
    settleDepth: options.SETTLE_DEPTH,
    collectAfterMs: options.WATCH_AFTER * 1_000,
    collectAbove: NEVER_ENOUGH,
    dearAbove: 0n,
    onCollected(collected) {
      measured.collected(collected);
      const { vault, channels, tx } = collected;
      const of = channels.map(({ channelId, charged }) => ({ channelId, charged: String(charged) }));
      logger.warn({ vault, tx, channels: of }, 'collected for a host that had not');
    },
    logger,
  };
  const look = async () => {
    const [left, backlog] = await Promise.all([readGasLeft(chain, gas.address), readBacklog(store)]);
    measured.show({ channels: backlog.uses, gas: left.balance });
    alerts.compare(['GAS_LOW'], left.bookings < FEW_BOOKINGS ? [gasLow({ account: gas.address, ...left })] : []);
  };
  let behind: Missing = new Map();
  const round = async () => {
    await noticeRollback(collecting);
    const missing = await collectDue(collecting);
    // Of a vault that could not be looked up it is not known that it caught up.
    behind = new Map([...missing].map(([vault, channels]) => [vault, channels ?? behind.get(vault)]));
    alerts.compare(['HOST_BEHIND'], [...behind].flatMap(behindOf));
  };
  const loops = [
    createTicker({ everyMs: LOOK_EVERY_MS, run: look, logger }),
    createTicker({ everyMs: ROUND_EVERY_MS, run: round, logger }),
    createTicker({ everyMs: FORGET_EVERY_MS, run: () => forgetOld(store), logger }),
  ];
  const stop = async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await alerts.stop();
    await store.close();
  };
  return { app, loops, stop };
}

/** What a host is told of that has not collected, as its vault's own ledger shows. */
const behindOf = ([vault, channels = 0]: readonly [Address, number | undefined]): Condition[] =>
  channels === 0
    ? []
    : [
        {
          code: 'HOST_BEHIND',
          key: vault,
          text: `The host of vault ${vault} has not collected from ${channels} channels in time: this tower does.`,
          facts: { vault, channels },
        },
      ];

interface TowerParts {
  tower: Tower;
  receive: Receive;
  logger: Logger;
  isReady: () => Promise<boolean>;
}

function createTowerApp({ tower, receive, logger, isReady }: TowerParts): ServiceApp {
  const service = createApp({ name: 'watchtower', logger, maxBodyBytes: MAX_BODY_BYTES, isReady });
  service.app.get(TOWER_PATH, (c) => c.json(tower));
  service.app.post(VOUCHERS_PATH, async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    return c.json(await receive(textOf(body), c.req.header(HEADERS.signature)));
  });
  return service;
}

/** What was signed is text: bytes that are none would be read as another one. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', 'The body is not UTF-8.', { cause });
  }
}

function measure(registry: Registry) {
  const registers = [registry];
  const rows = new Counter({
    name: 'oml_tower_collected_total',
    help: 'Channels that it collected for hosts',
    registers,
  });
  const channels = new Gauge({ name: 'oml_tower_channels', help: 'Channels that hosts owe to collect', registers });
  const gasLeft = new Gauge({ name: 'oml_gas_wei', help: 'What the account of the tower has left', registers });
  return {
    collected: ({ channels: collected }: Collected) => rows.inc(collected.length),
    show(seen: { channels: number; gas: bigint }) {
      channels.set(seen.channels);
      gasLeft.set(Number(seen.gas));
    },
  };
}

/** Runs a watchtower as the environment says, until it is told to stop. Throws what {@link createWatchtower} throws. */
export async function runWatchtower(): Promise<void> {
  const options = readOptions(towerOptions);
  const logger = createLogger('watchtower');
  const { app, loops, stop } = await createWatchtower(options, logger);
  await runService({ name: 'watchtower', app, port: options.PORT, logger, stop });
  for (const loop of loops) loop.start();
}
