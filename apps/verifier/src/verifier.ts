import { Driver } from '@oml/program/driver';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { sealingKeyPair } from '@oml/service/seal';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { batchesOf } from './chain/batches.ts';
import { courtOf } from './chain/court.ts';
import { hostsOf } from './chain/hosts.ts';
import { registryLogs } from './chain/registry-logs.ts';
import { stakingOf, type Staking } from './chain/staking.ts';
import { verifierApp } from './http/app.ts';
import { auditViews } from './http/audit-view.ts';
import type { VerifierOptions } from './options.ts';
import type { AuditContext } from './programs/audit-context.ts';
import { callRecordsIn } from './programs/call-record.ts';
import { disguise } from './programs/disguise.ts';
import { orderAudit } from './programs/order-audit.ts';
import { paidCallsOf } from './programs/paid-calls.ts';
import { paidUse } from './programs/paid-use.ts';
import { createPatrol } from './programs/patrol.ts';
import { saltsOf } from './programs/salts.ts';
import { openVerifierStore } from './store.ts';

export interface Verifier {
  app: Hono;
  driver: Driver<AuditContext>;
  /** Waits for transactions of an earlier run, then goes on with what is unfinished. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 300;
const STAKING_MS = 5_000;

/** Wires a verifier. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH, or UNAVAILABLE where its store does not answer. */
export async function createVerifier(
  options: VerifierOptions,
  deployment: Deployment,
  logger: Logger,
): Promise<Verifier> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.VERIFIER_KEY });
  await checkChain(chain);
  const me = chain.account!.address;
  const sealing = await sealingKeyPair(options.SEALING_SEED);
  const salts = saltsOf(options.SEALING_SEED);
  const store = await openVerifierStore(options);
  const calls = callRecordsIn(store);
  const logs = registryLogs(chain);
  const hosts = hostsOf(chain, logs);
  const context: AuditContext = {
    chain,
    me,
    sealing,
    salts,
    calls,
    hosts,
    paidCalls: paidCallsOf(chain, chain.account!, calls, salts),
    batches: batchesOf(chain, me),
    court: courtOf(chain, me),
  };
  const driver = new Driver<AuditContext>({ store, programs: [paidUse, disguise], context, logger });
  const staking = stakingOf(chain, me, sealing, logger);
  const patrol = createPatrol({ chain, hosts, logs, driver });
  const tickers: Ticker[] = [
    createTicker({ everyMs: TICK_MS, run: () => driver.kick(), logger }),
    createTicker({ everyMs: STAKING_MS, run: () => staking.ensure(), logger }),
    ...(options.AUDIT_EVERY_SECONDS > 0
      ? [createTicker({ everyMs: options.AUDIT_EVERY_SECONDS * 1000, run: patrol, logger })]
      : []),
  ];
  return {
    app: verifierApp({
      order: (body) => orderAudit(driver, body),
      views: auditViews(driver.runs, calls),
      staking,
      adminToken: options.OML_ADMIN_TOKEN,
      isReady: () => isReady(chain, staking),
      logger,
    }),
    driver,
    async start() {
      await chain.settled();
      for (const ticker of tickers) ticker.start();
    },
    async stop() {
      const [isIdle] = await Promise.all([driver.stop(), ...tickers.map((ticker) => ticker.stop())]);
      if (isIdle) await store.close();
    },
  };
}

async function isReady(chain: Chain, staking: Staking): Promise<boolean> {
  try {
    await checkChain(chain);
    return (await staking.status()).staked;
  } catch {
    return false;
  }
}
