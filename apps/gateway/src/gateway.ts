import { readDeployment } from '@oml/contracts/deployment';
import { useKeccak } from '@oml/protocol/keccak';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { createLogger, type Logger } from '@oml/service/logger';
import { countNodes, createNodeWatch } from '@oml/service/nodes/watch';
import { readOptions } from '@oml/service/options';
import { runService } from '@oml/service/run';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { Registry } from 'prom-client';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { answerKey, purgeAnswers, type AnswerShelf } from './answer/kept-answers.ts';
import { bodiesNeededFor, purgeBodies } from './answer/kept-bodies.ts';
import { openModels } from './answer/models.ts';
import { createQueue } from './answer/queue.ts';
import type { Signing } from './answer/receipts.ts';
import { createServeRefund } from './answer/serve-refund.ts';
import { createServeCall } from './answer/serve.ts';
import { createGatewayApp } from './app.ts';
import { createAdmitVoucher, type Vouching } from './channel/admit.ts';
import { purgeCharges } from './channel/collection.ts';
import { createGasCost } from './channel/gas-cost.ts';
import { createDepositTurns } from './channel/deposit-turns.ts';
import { createHandOver } from './channel/hand-over.ts';
import { createRefund } from './channel/refund.ts';
import { createShowChannel } from './channel/show-channel.ts';
import { createChannelWatch } from './channel/watch.ts';
import { readBackends } from './engine/backends.ts';
import { readCorrections } from './engine/corrections.ts';
import { createProbes } from './engine/probe.ts';
import { readProtected } from './engine/protected-texts.ts';
import { checkSigner, mayCollect } from './license/host-account.ts';
import { createAnswerDisguises } from './court/answer-disguises.ts';
import { createShowBlame } from './court/show-blame.ts';
import { createCheckStanding } from './license/standing.ts';
import { conditionsOf, createAlerts, engineEnd, LOOKED_AT, type Alerts } from './health/alerts.ts';
import { look, type Looking } from './health/look.ts';
import { createGatewayMetrics, type GatewayMetrics } from './metrics.ts';
import { gatewayOptions, type GatewayOptions } from './options.ts';
import { createAdmit, type Admitting } from './payment/admit.ts';
import { createSign } from './payment/curve.ts';
import { RENEW_EVERY_MS, renewLeases } from './payment/leases.ts';
import { createReadSent } from './payment/sent.ts';
import { createOutsideFacilitator } from './payment/outside-facilitator.ts';
import { createPeerOf } from './payment/peer.ts';
import { createDoorman } from './payment/strangers.ts';
import { fastKeccak } from './payment/keccak.ts';
import { createFacilitator, type ExactScheme } from './payment/facilitator.ts';
import { createGasAccount } from './payment/gas-account.ts';
import { createCashier } from './payment/terms.ts';
import { tokenDomain, tokenUnit } from './payment/token-domain.ts';
import { openGatewayStore } from './store.ts';
import type { BookDue } from './vault/book.ts';
import { distributeBooked } from './vault/distribute.ts';
import { ensureVault } from './vault/ensure-vault.ts';
import { runRound } from './vault/round.ts';
import { createSales } from './vault/sales.ts';
import { createPurse } from './vault/shortfall.ts';

export interface Gateway {
  app: Hono;
  loops: Ticker[];
  /** Ends the loops and closes the store. */
  stop(): Promise<void>;
}

/** What a host may do otherwise than this gateway; the story's tardy host does, a product has no reason to. */
export interface Habits {
  /** How x402 settles `exact`, if not by booking. */
  exact?: ExactScheme;
  /** What its rounds do about payments that are not booked. */
  bookDue?: BookDue;
}

const ROUND_EVERY_MS = 1_000;
const HEALTH_EVERY_MS = 10_000;
const BLAME_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 500;
const SALES_EVERY_MS = 2_000;
const PROBE_EVERY_MS = 5_000;
const HAND_OVER_EVERY_MS = 1_000;
const PURGE_EVERY_MS = 600_000;

/**
 * Wires a gateway together. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH, SIGNATURE_INVALID, NOT_FOUND,
 * LICENSE_NOT_ACTIVE.
 */
export async function createGateway(
  options: GatewayOptions,
  logger: Logger = createLogger('gateway'),
  { exact, bookDue }: Habits = {},
): Promise<Gateway> {
  useKeccak(fastKeccak);
  const { RPC_URL, DATA_DIR, HOST_ACCOUNT: account, SIGNER_KEY, GAS_KEY, PUBLIC_URL } = options;
  const chain = connectChain({
    rpcUrl: RPC_URL,
    deployment: readDeployment(options.OML_DEPLOYMENT),
    key: SIGNER_KEY,
    logger,
  });
  await checkChain(chain);
  const signer = privateKeyToAccount(SIGNER_KEY);
  await checkSigner(chain, signer.address, account);
  const backends = readBackends(options.BACKENDS);
  const silenceMs = options.ENGINE_SILENCE * 1_000;
  const corrections = readCorrections(options.CORRECTIONS);
  const guard = readProtected(options.PROTECTED_TEXTS, options.PROTECTED_LEAST);
  const models = await openModels(DATA_DIR, account, chain, { backends, corrections, guard, logger, silenceMs });
  const probes = createProbes(models, logger);
  await probes.look();

  const { chainId, contracts } = chain.deployment;
  const store = await openGatewayStore(options.STORE ?? join(DATA_DIR, 'gateway.sqlite'));
  const gas = createGasAccount(chain, GAS_KEY);
  chain.nodes.compare(gas.address);
  for (const model of models) await ensureVault(chain, model, gas.send);
  const domain = await tokenDomain(chain);
  const settleDepth = options.SETTLE_DEPTH;
  const facilitator = createFacilitator({ chain, gas, settleDepth }, exact);
  const takesChannels = await mayCollect(chain, gas.address, account);
  if (!takesChannels)
    logger.warn({ gas: gas.address }, 'no channels are taken: bind GAS_KEY to the account as a signer (onboard does)');
  const gasCost = createGasCost({ chain, coinPrice: options.GAS_COIN_PRICE });
  await gasCost.look();
  const cashier = createCashier({
    facilitator,
    domain,
    unit: await tokenUnit(chain),
    publicUrl: PUBLIC_URL,
    takesChannels,
    gasCost,
  });
  const creditOnly = options.CREDIT_STRANGERS ? undefined : gas.address;
  const sales = createSales({ chain, store, gas, logger });
  await sales.look();
  const checkLicense = createCheckStanding(chain, account);
  const checkStanding = async (licenseId: bigint) => {
    sales.check();
    await checkLicense(licenseId);
  };
  const settling = { chain, store, facilitator, domain, creditOnly, settleDepth, logger };
  const watch = createChannelWatch({ chain, settleDepth });
  const vouching: Vouching = {
    ...settling,
    outside: outsideOf(options, logger),
    gas,
    gasCost,
    cashier,
    checkStanding,
    watch,
    token: contracts.token,
    domain: { chainId, batchSettlement: contracts.batchSettlement },
    atWork: new Set(),
    turns: createDepositTurns(),
  };
  const admitting: Admitting = {
    ...settling,
    gas,
    cashier,
    checkStanding,
    inUse: new Set(),
    admitVoucher: createAdmitVoucher(vouching),
  };
  const key = answerKey(options.ANSWER_SECRET ?? SIGNER_KEY);
  const registry = new Registry();
  const metrics = createGatewayMetrics(registry, models);
  const alerts = createAlerts({ webhook: options.ALERT_WEBHOOK, account, logger });
  const signing: Signing = {
    store,
    key,
    sign: createSign(SIGNER_KEY),
    adjudicator: { chainId, court: contracts.claimCourt },
    onReceipt: metrics.onReceipt,
  };

  const readSent = createReadSent({ token: domain, channels: vouching.domain });
  const peerOf = createPeerOf(options.TRUSTED_PROXIES);
  const turnAway = createDoorman();
  const looking = { chain, store, key, dataDir: DATA_DIR };

  const { app } = createGatewayApp({
    chainId,
    account,
    signer: signer.address,
    token: contracts.token,
    models,
    metrics: registry,
    serveCall: metrics.timeRuns(
      createServeCall({
        admit: createAdmit(admitting),
        enterQueue: metrics.countPlaces(createQueue({ atOnce: options.ANSWERS_AT_ONCE })),
        signing,
        logger,
      }),
      (model, failure) => engineEnd(alerts, model, failure),
    ),
    readSent,
    peerOf,
    turnAway,
    showBlame: createShowBlame(looking),
    showChannel: createShowChannel(vouching),
    serveRefund: createServeRefund({ readSent, peerOf, turnAway, cashier, refund: createRefund(vouching) }),
    logger,
    probes,
    isReady: async () => {
      await checkChain(chain);
      sales.check();
      probes.checkAll();
      return countNodes(chain);
    },
  });
  const purse = createPurse({ chain, gas, store, limit: options.SHORTFALL_LIMIT, logger });
  const answerDisguises = createAnswerDisguises({
    ...looking,
    gas,
    account,
    publicUrl: PUBLIC_URL,
    depositLimit: options.BLAME_DEPOSIT_LIMIT,
    purse,
    logger,
  });
  const collecting = {
    watch,
    collectAfterMs: options.COLLECT_AFTER * 1_000,
    collectAbove: options.COLLECT_ABOVE,
    dearAbove: options.COLLECT_GAS_PRICE,
  };
  const round = { chain, gas, store, creditOnly, settleDepth, account, purse, logger, ...collecting };
  const watched = { chain, store, gas, models, checkStanding: checkLicense };
  const atWork = { attempts: vouching.atWork, payments: admitting.inUse };
  const loops = [
    createTicker({ everyMs: ROUND_EVERY_MS, run: () => runRound(round, bookDue), logger }),
    createTicker({ everyMs: ROUND_EVERY_MS, run: () => distributeBooked(round), logger }),
    createTicker({ everyMs: LOOK_EVERY_MS, run: () => watch.look(), logger }),
    createTicker({ everyMs: RENEW_EVERY_MS, run: () => renewLeases(store, atWork), logger }),
    createTicker({ everyMs: HEALTH_EVERY_MS, run: () => lookAround(watched, metrics, alerts), logger }),
    createTicker({ everyMs: SALES_EVERY_MS, run: () => sales.look(), logger }),
    createTicker({ everyMs: SALES_EVERY_MS, run: () => gasCost.look(), logger }),
    // Beside the round, which books: running hits on an edition takes its time.
    createTicker({ everyMs: BLAME_EVERY_MS, run: answerDisguises, logger }),
    createTicker({ everyMs: PROBE_EVERY_MS, run: probes.look, logger }),
    createNodeWatch({ chain, logger, metrics: registry }),
    createTicker({ everyMs: PURGE_EVERY_MS, run: () => purge(signing, chain), logger }),
  ];
  const { WATCHTOWER: tower } = options;
  if (tower) {
    const run = createHandOver({ store, tower, account, signer, domain: vouching.domain, models, alerts, logger });
    loops.push(createTicker({ everyMs: HAND_OVER_EVERY_MS, run, logger }));
  }
  const stop = async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await alerts.stop();
    await Promise.all(models.map(({ engine }) => engine.dispose()));
    await store.close();
  };
  return { app, loops, stop };
}

function outsideOf({ FACILITATOR_URL: url, FACILITATOR_KEY: key }: GatewayOptions, logger: Logger) {
  return url === undefined ? undefined : createOutsideFacilitator({ url, key, logger });
}

/** What an operator should know, as figures and as alerts. */
async function lookAround(looking: Looking, metrics: GatewayMetrics, alerts: Alerts): Promise<void> {
  const seen = await look(looking);
  metrics.show(seen);
  alerts.compare(LOOKED_AT, conditionsOf(seen, Date.now()));
}

async function purge(shelf: AnswerShelf, chain: Chain): Promise<void> {
  await purgeAnswers(shelf);
  await purgeBodies(shelf.store, await bodiesNeededFor(chain));
  await purgeCharges(shelf.store);
  await shelf.store.wipe();
}

/** Runs a gateway as the environment says, until it is told to stop. Throws what {@link createGateway} throws. */
export async function runGateway(habits?: Habits): Promise<void> {
  const options = readOptions(gatewayOptions);
  const logger = createLogger('gateway');
  const { app, loops, stop } = await createGateway(options, logger, habits);
  await runService({ name: 'gateway', app, port: options.PORT, logger, stop });
  for (const loop of loops) loop.start();
}
