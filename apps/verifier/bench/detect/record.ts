import { createLogger } from '@oml/service/logger';
import { until } from '@oml/service/wait';
import { guardFor } from '@oml/service/guarded-fetch';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { courtOf } from '../../src/chain/court.ts';
import { hostsOf } from '../../src/chain/hosts.ts';
import { registryLogs } from '../../src/chain/registry-logs.ts';
import { readVerifierOptions } from '../../src/options.ts';
import { claimable, shownOf, unbooked } from '../../src/programs/accused-receipts.ts';
import type { AuditContext } from '../../src/programs/audit-context.ts';
import { callRecordsIn, type CallRecord } from '../../src/programs/call-record.ts';
import { disguise } from '../../src/programs/disguise.ts';
import { paidUse } from '../../src/programs/paid-use.ts';
import { saltsOf } from '../../src/programs/salts.ts';
import { openVerifierStore } from '../../src/store.ts';
import { createVerifier, type Verifier } from '../../src/verifier.ts';
import { KEYS } from '../../test-support/dev-chain.ts';
import { fund } from '../../test-support/market.ts';
import type { Habit, Pool } from './pool.ts';
import type { CheatScene } from './scene.ts';

const SEED: Hex = `0x${'5e'.repeat(32)}`;
const CALLS = 16;
const AT_ONCE = 6;
const PATIENCE_MS = 3_600_000;

/** What the verifier's decisions are made with, outside of a run of its programs. */
export type Deciding = Pick<AuditContext, 'chain' | 'me' | 'salts' | 'calls' | 'hosts' | 'court'>;

/** How many audits of either kind are made of the host in each habit. */
export interface Audits {
  paidUse: number;
  disguise: number;
}

/**
 * Has the verifier audit the host while it is honest and while it cheats, in shadow, and reads what it wrote down.
 * Every call is a real payment over HTTP to a real gateway on a real chain, settled as that gateway settles.
 */
export async function recordPool(
  scene: CheatScene,
  audits: Audits,
  say: (text: string) => void = () => {},
): Promise<{ pool: Pool; deciding: Deciding; close(): Promise<void> }> {
  const { chain, gateway, marked } = scene;
  await fund(chain, KEYS.VERIFIER, 1_000n);
  const options = readVerifierOptions({
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: mkdtempSync(join(chain.scratch, 'verifier-')),
    VERIFIER_KEY: KEYS.VERIFIER,
    SEALING_SEED: SEED,
    OML_ADMIN_TOKEN: 'a token of this bench',
    SHADOW: 'true',
    CATCH_SHARE: '0.1',
    SPREAD_SECONDS: '2',
  });
  const logger = createLogger('detect');
  logger.level = process.env['LOG_LEVEL'] ?? 'silent';
  const verifier = await createVerifier(options, chain.deployment, logger);
  const ids: Record<Habit, { uses: string[]; keys: string[] }> = { honest: none(), cheating: none() };
  try {
    await verifier.start();
    for (const habit of ['honest', 'cheating'] as const) {
      await scene.cheats(habit === 'cheating');
      const orders = [
        ...Array.from({ length: audits.paidUse }, () => async () => {
          const order = { kind: 'paid-use', licenseId: String(gateway.licenseId), calls: CALLS } as const;
          ids[habit].uses.push(await ended(verifier, await verifier.driver.order(paidUse, order)));
        }),
        ...Array.from({ length: audits.disguise }, () => async () => {
          const order = { kind: 'disguise', account: gateway.account, modelId: String(marked.modelId) } as const;
          ids[habit].keys.push(await ended(verifier, await verifier.driver.order(disguise, order)));
        }),
      ];
      await atOnce(orders, AT_ONCE, (done) => say(`${habit}: ${done} of ${orders.length} audits`));
    }
  } finally {
    await verifier.stop();
  }
  const store = await openVerifierStore(options);
  const logs = registryLogs(chain.as(KEYS.VERIFIER));
  const own = chain.as(KEYS.VERIFIER);
  const deciding: Deciding = {
    chain: own,
    me: own.account!.address,
    salts: saltsOf(SEED),
    calls: callRecordsIn(store),
    hosts: hostsOf(own, logs, guardFor(chain.deployment, { timeoutMs: 10_000, maxBytes: 256 << 10 })),
    court: courtOf(own, own.account!.address),
  };
  const pool: Pool = {
    calls: 0,
    uses: { honest: [], cheating: [] },
    answers: { honest: new Map(), cheating: new Map() },
  };
  for (const habit of ['honest', 'cheating'] as const) {
    for (const id of ids[habit].uses) pool.uses[habit].push(...(await judgeUses(deciding, gateway.licenseId, id)));
    for (const id of [...ids[habit].uses, ...ids[habit].keys])
      for (const call of await deciding.calls.list(id)) {
        if (call.receipt) pool.calls += 1;
        if (call.receipt && call.probe) keep(pool.answers[habit], call.probe.leaf.index, call);
      }
  }
  return { pool, deciding, close: () => store.close() };
}

const none = () => ({ uses: [] as string[], keys: [] as string[] });

function keep(answers: Map<number, CallRecord[]>, index: number, call: CallRecord): void {
  answers.set(index, [...(answers.get(index) ?? []), call]);
}

/** For each receipt of an audit of paid use, whether the verifier would claim it: by its own look at the vault. */
async function judgeUses(deciding: Deciding, licenseId: bigint, auditId: string): Promise<boolean[]> {
  const license = await deciding.hosts.license(licenseId);
  const taken = await claimable(deciding, license, await shownOf(deciding, auditId));
  const unpaid = new Set((await unbooked(deciding, license, taken)).map(({ i }) => i));
  return taken.map(({ i }) => unpaid.has(i));
}

async function ended({ driver }: Verifier, id: string): Promise<string> {
  const look = async () => {
    const run = (await driver.runs.find(paidUse, id)) ?? (await driver.runs.find(disguise, id));
    return run && run.state !== 'running' ? run : undefined;
  };
  const run = await until(`audit ${id}`, look, { timeoutMs: PATIENCE_MS, everyMs: 500 });
  if (run.error) throw new Error(`audit ${id}: ${run.error.code}: ${run.error.message}`);
  return id;
}

async function atOnce(work: (() => Promise<void>)[], lanes: number, onDone: (done: number) => void): Promise<void> {
  const queue = [...work];
  let done = 0;
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await next();
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
