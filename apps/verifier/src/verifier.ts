import { Driver } from '@oml/program/driver';
import { isDev, type Deployment } from '@oml/protocol/chain/deployment';
import { connectBeacon } from '@oml/service/beacon';
import { metricsOf, type Ready } from '@oml/service/app';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { guardFor } from '@oml/service/guarded-fetch';
import type { Logger } from '@oml/service/logger';
import { countNodes, createNodeWatch } from '@oml/service/nodes/watch';
import { sealingKeyPair } from '@oml/service/seal';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { batchesOf } from './chain/batches.ts';
import { blamedClaimsOf } from './chain/blamed-claims.ts';
import { casesOf } from './chain/cases.ts';
import { committeesOf } from './chain/committees.ts';
import { courtOf } from './chain/court.ts';
import { hostsOf } from './chain/hosts.ts';
import { registryLogs } from './chain/registry-logs.ts';
import { stakingOf, type Staking } from './chain/staking.ts';
import { cover } from './cover/cover.ts';
import { createCover } from './cover/order-cover.ts';
import { looksIn } from './endpoints/looks.ts';
import { createEndpointTelling } from './endpoints/tell.ts';
import { createEndpointWatch } from './endpoints/watch.ts';
import { verifierApp } from './http/app.ts';
import { createAttendance } from './committees/attend.ts';
import type { DutyContext } from './committees/duty-context.ts';
import { duty } from './committees/duty.ts';
import { auditViews } from './http/audit-view.ts';
import { endedAudits, standingsOf } from './http/host-standing.ts';
import { listDuties } from './http/duty-view.ts';
import type { VerifierOptions } from './options.ts';
import { accountsOf } from './payers/accounts.ts';
import { channelsIn } from './payers/channels.ts';
import { fundingOf } from './payers/fund.ts';
import type { PayingLimits } from './programs/audit-context.ts';
import { callRecordsIn } from './programs/call-record.ts';
import { corpusIn } from './programs/corpus.ts';
import { disguise } from './programs/disguise.ts';
import { orderAudit } from './programs/order-audit.ts';
import { paidCallsOf } from './programs/paid-calls.ts';
import { paidUse } from './programs/paid-use.ts';
import { createPatrol } from './programs/patrol.ts';
import { saltsOf } from './programs/salts.ts';
import { openVerifierStore } from './store.ts';

export interface Verifier {
  app: Hono;
  driver: Driver<DutyContext>;
  /** Waits for transactions of an earlier run, then goes on with what is unfinished. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 300;
const STAKING_MS = 5_000;
const ATTEND_MS = 2_000;
const COVER_MS = 20_000;
/** A dollar. */
const USUAL_AUDIT_BUDGET = 1_000_000n;
/** Strangers' servers. */
const LIMITS = { timeoutMs: 10_000, maxBytes: 256 << 10 };

/** Wires a verifier. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH, or UNAVAILABLE where its store does not answer. */
export async function createVerifier(
  options: VerifierOptions,
  deployment: Deployment,
  logger: Logger,
): Promise<Verifier> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.VERIFIER_KEY, logger });
  await checkChain(chain);
  const me = chain.account!.address;
  const sealing = await sealingKeyPair(options.SEALING_SEED);
  const salts = saltsOf(options.SEALING_SEED);
  const store = await openVerifierStore(options);
  // What hosts show is nobody else's; an end in the midst of it may have left some.
  const shownFolder = join(options.DATA_DIR, 'shown');
  await rm(shownFolder, { recursive: true, force: true });
  const calls = callRecordsIn(store);
  const looks = looksIn(store);
  const accounts = accountsOf(store, salts);
  if (!options.PURSE_KEY && !isDev(deployment))
    logger.warn('PURSE_KEY is not set: hosts can follow the staked account to the payers of its audits');
  const purse = options.PURSE_KEY
    ? connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.PURSE_KEY })
    : chain;
  const logs = registryLogs(chain);
  const limits = guardFor(deployment, LIMITS);
  const hosts = hostsOf(chain, logs, limits);
  const beacon = connectBeacon({ chain, relays: options.DRAND_URLS, chainHash: options.DRAND_CHAIN_HASH });
  const context: DutyContext = {
    chain,
    me,
    sealing,
    salts,
    calls,
    hosts,
    paidCalls: paidCallsOf({ chain, claimant: me, records: calls, channels: channelsIn(store), salts, looks }),
    accounts,
    funding: fundingOf({ rpcUrl: options.RPC_URL, deployment, source: purse, accounts }),
    corpus: corpusIn(options.CORPUS_DIR),
    paying: payingLimits(options, deployment),
    catchShare: options.CATCH_SHARE,
    isShadow: options.SHADOW,
    batches: batchesOf(chain, me, beacon),
    court: courtOf(chain, me),
    committees: committeesOf(chain, me),
    cases: casesOf(chain),
    blamedClaims: blamedClaimsOf(chain),
    beacon,
    sitsOn: new Set(options.SIT_ON),
    limits,
    shown: { folder: shownFolder, maxBytes: options.EDITION_MEMORY_MB * 2 ** 20 },
  };
  const driver = new Driver<DutyContext>({ store, programs: [paidUse, disguise, cover, duty], context, logger });
  const staking = stakingOf(chain, me, sealing, { tickets: options.TICKETS, logger });
  const { committees } = context;
  const attend = createAttendance({ chain, committees, driver, tickets: options.TICKETS, logger });
  const budget = options.AUDIT_BUDGET ?? (isDev(deployment) ? undefined : USUAL_AUDIT_BUDGET);
  const patrol = createPatrol({ chain, hosts, logs, driver, calls, budget, logger });
  const watchMs = endpointsMs(options, deployment);
  const tickers: Ticker[] = [
    createTicker({ everyMs: TICK_MS, run: () => driver.kick(), logger }),
    createTicker({ everyMs: STAKING_MS, run: () => staking.ensure(), logger }),
    ...(options.TICKETS > 0 ? [createTicker({ everyMs: ATTEND_MS, run: attend, logger })] : []),
    ...(options.AUDIT_EVERY_SECONDS > 0
      ? [createTicker({ everyMs: options.AUDIT_EVERY_SECONDS * 1000, run: patrol, logger })]
      : []),
    ...(context.paying.coverBudget > 0n
      ? [createTicker({ everyMs: COVER_MS, run: createCover({ hosts, driver, seed: salts('cover') }), logger })]
      : []),
    ...(watchMs > 0
      ? [createTicker({ everyMs: watchMs, run: createEndpointWatch({ chain, hosts, looks, guard: limits }), logger })]
      : []),
  ];
  const app = verifierApp({
    order: (body) => orderAudit(driver, body),
    views: auditViews(driver.runs, calls, context),
    standings: async (since) => standingsOf(await endedAudits(driver.runs), Date.now(), since),
    duties: () => listDuties(driver.runs),
    endpoints: createEndpointTelling(chain, hosts, looks),
    staking,
    adminToken: options.OML_ADMIN_TOKEN,
    isReady: () => isReady(chain, staking),
    logger,
  });
  tickers.push(createNodeWatch({ chain, logger, metrics: metricsOf(app) }));
  return {
    app,
    driver,
    async start() {
      await Promise.all([chain.settled(), purse.settled()]);
      for (const ticker of tickers) ticker.start();
    },
    async stop() {
      const [isIdle] = await Promise.all([driver.stop(), ...tickers.map((ticker) => ticker.stop())]);
      if (isIdle) await store.close();
    },
  };
}

/** On the dev chain gas costs nothing and nobody waits. */
function payingLimits(options: VerifierOptions, deployment: Deployment): PayingLimits {
  const { SPREAD_SECONDS, ETH_PRICE, COVER_BUDGET } = options;
  const isQuick = isDev(deployment);
  const seconds = SPREAD_SECONDS ?? (isQuick ? 4 : 1_200);
  return {
    spreadMs: seconds * 1_000,
    ethPrice: ETH_PRICE ?? (isQuick ? 0n : 3_000_000_000n),
    coverBudget: COVER_BUDGET ?? (isQuick ? 0n : 50_000n),
  };
}

const endpointsMs = ({ ENDPOINTS_EVERY_SECONDS }: VerifierOptions, deployment: Deployment): number =>
  1_000 * (ENDPOINTS_EVERY_SECONDS ?? (isDev(deployment) ? 20 : 300));

async function isReady(chain: Chain, staking: Staking): Promise<Ready> {
  try {
    await checkChain(chain);
    return (await staking.status()).staked && countNodes(chain);
  } catch {
    return false;
  }
}
