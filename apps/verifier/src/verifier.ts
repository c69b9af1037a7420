import type { Deployment } from '@oml/protocol/chain/deployment';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { sealingKeyPair } from '@oml/service/seal';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { verifierApp } from './app.ts';
import type { AuditContext } from './audit-context.ts';
import { AuditRecords } from './audit-record.ts';
import { AuditViews } from './audit-view.ts';
import { Audits } from './audits.ts';
import { Batches } from './batches.ts';
import { CallRecords } from './call-record.ts';
import { Court } from './court.ts';
import { Hosts } from './hosts.ts';
import type { VerifierOptions } from './options.ts';
import { PaidCalls } from './paid-calls.ts';
import { Patrol } from './patrol.ts';
import { saltsOf } from './salts.ts';
import { Staking } from './staking.ts';
import { openVerifierStore } from './verifier-store.ts';

export interface Verifier {
  app: Hono;
  /** Waits for transactions of an earlier run, then goes on with what is unfinished. */
  start(): Promise<void>;
  /** Does steps of one audit until it ends or must wait, without the background loop. */
  advance(auditId: string): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 300;
const STAKING_MS = 5_000;
const PENDING_MS = 60_000;

/** Wires a verifier. Throws CHAIN_UNREACHABLE or CHAIN_MISMATCH. */
export async function createVerifier(
  options: VerifierOptions,
  deployment: Deployment,
  logger: Logger,
): Promise<Verifier> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.VERIFIER_KEY });
  await checkChain(chain);
  const sealing = await sealingKeyPair(options.SEALING_SEED);
  const salts = saltsOf(options.SEALING_SEED);
  const store = openVerifierStore(options.DATA_DIR);
  const records = new AuditRecords(store);
  const calls = new CallRecords(store);
  const hosts = new Hosts(chain);
  const context: AuditContext = {
    chain,
    sealing,
    salts,
    records,
    calls,
    paidCalls: new PaidCalls(chain, calls, salts),
    hosts,
    batches: new Batches(chain),
    court: new Court(chain),
    logger,
  };
  const audits = new Audits(context, logger);
  const staking = new Staking(chain, sealing, logger);
  const patrol = new Patrol(chain, hosts, audits, records);
  const tickers: Ticker[] = [
    createTicker({ everyMs: TICK_MS, run: async () => audits.kick(), logger }),
    createTicker({ everyMs: STAKING_MS, run: () => staking.ensure(), logger }),
    ...(options.AUDIT_EVERY_SECONDS > 0
      ? [createTicker({ everyMs: options.AUDIT_EVERY_SECONDS * 1000, run: () => patrol.next(), logger })]
      : []),
  ];
  const isReady = () =>
    checkChain(chain)
      .then(() => staking.status())
      .then(
        ({ staked }) => staked,
        () => false,
      );
  return {
    app: verifierApp({
      audits,
      views: new AuditViews(records, calls),
      staking,
      adminToken: options.OML_ADMIN_TOKEN,
      isReady,
      logger,
    }),
    async start() {
      await settlePending(chain);
      for (const ticker of tickers) ticker.start();
    },
    advance: (auditId) => audits.advance(auditId),
    async stop() {
      const [isIdle] = await Promise.all([audits.stop(), ...tickers.map((ticker) => ticker.stop())]);
      if (isIdle) store.close();
    },
  };
}

/** What an earlier run sent must be in a block before this one looks whether it was sent. */
async function settlePending({ publicClient, account }: Chain): Promise<void> {
  const count = (blockTag: 'latest' | 'pending') =>
    publicClient.getTransactionCount({ address: account!.address, blockTag });
  for (
    const endsAt = Date.now() + PENDING_MS;
    Date.now() < endsAt;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const [latest, pending] = await Promise.all([count('latest'), count('pending')]);
    if (latest >= pending) return;
  }
}
