import { devDollarAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { createLogger, type Logger } from '@oml/service/logger';
import { readOptions } from '@oml/service/options';
import { runService } from '@oml/service/run';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { answerKey, purgeAnswers } from './answer/kept-answers.ts';
import { openModels } from './answer/models.ts';
import type { Signing } from './answer/receipts.ts';
import { createServeCall } from './answer/serve.ts';
import { createGatewayApp } from './app.ts';
import { checkSigner } from './license/host-account.ts';
import { createCheckStanding } from './license/standing.ts';
import { gatewayOptions, type GatewayOptions } from './options.ts';
import { createAdmit, type Admitting } from './payment/admit.ts';
import { createFacilitator, type ExactScheme } from './payment/facilitator.ts';
import { createGasAccount } from './payment/gas-account.ts';
import { createCashier } from './payment/terms.ts';
import { openGatewayStore } from './store.ts';
import type { BookDue } from './vault/book.ts';
import { ensureVault } from './vault/ensure-vault.ts';
import { runRound } from './vault/round.ts';
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
  const { RPC_URL, DATA_DIR, HOST_ACCOUNT: account, SIGNER_KEY, GAS_KEY, PUBLIC_URL } = options;
  const chain = connectChain({ rpcUrl: RPC_URL, deployment: readDeployment(options.OML_DEPLOYMENT) });
  await checkChain(chain);
  const signer = privateKeyToAccount(SIGNER_KEY);
  await checkSigner(chain, signer.address, account);
  const models = await openModels(DATA_DIR, account, chain);

  const { chainId, contracts } = chain.deployment;
  const store = await openGatewayStore(options.STORE ?? join(DATA_DIR, 'gateway.sqlite'));
  const gas = createGasAccount(chain, RPC_URL, GAS_KEY);
  for (const model of models) await ensureVault(chain, model, gas.send);
  const domain = await tokenDomain(chain);
  const settleDepth = options.SETTLE_DEPTH;
  const facilitator = createFacilitator({ chain, gas, settleDepth }, exact);
  const cashier = await createCashier(facilitator, domain, PUBLIC_URL);
  const creditOnly = options.CREDIT_STRANGERS ? undefined : gas.address;
  const checkStanding = createCheckStanding(chain, account);
  const settling = { chain, store, facilitator, domain, creditOnly, settleDepth, logger };
  const admitting: Admitting = { ...settling, gas, cashier, checkStanding };
  const key = answerKey(options.ANSWER_SECRET ?? SIGNER_KEY);
  const signing: Signing = { store, key, signer, adjudicator: { chainId, court: contracts.claimCourt } };

  const { app } = createGatewayApp({
    chainId,
    account,
    signer: signer.address,
    token: contracts.token,
    models,
    serveCall: createServeCall({ admit: createAdmit(admitting), signing, logger }),
    logger,
    isReady: () =>
      checkChain(chain).then(
        () => true,
        () => false,
      ),
  });
  const purse = createPurse({ chain, gas, limit: options.SHORTFALL_LIMIT, logger });
  const round = { chain, gas, store, creditOnly, settleDepth, account, purse, logger };
  const loops = [
    createTicker({ everyMs: ROUND_EVERY_MS, run: () => runRound(round, bookDue), logger }),
    createTicker({ everyMs: PURGE_EVERY_MS, run: () => purgeAnswers(signing), logger }),
  ];
  const stop = async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await Promise.all(models.map(({ engine }) => engine.dispose()));
    await store.close();
  };
  return { app, loops, stop };
}

/** Runs a gateway as the environment says, until it is told to stop. Throws what {@link createGateway} throws. */
export async function runGateway(habits?: Habits): Promise<void> {
  const options = readOptions(gatewayOptions);
  const logger = createLogger('gateway');
  const { app, loops, stop } = await createGateway(options, logger, habits);
  await runService({ name: 'gateway', app, port: options.PORT, logger, stop });
  for (const loop of loops) loop.start();
}

/** The EIP-712 domain under which payers sign, as the token itself states it (EIP-5267). */
async function tokenDomain({ publicClient, deployment: { chainId, contracts } }: Chain): Promise<TokenDomain> {
  const [, name, version] = await publicClient.readContract({
    address: contracts.token,
    abi: devDollarAbi,
    functionName: 'eip712Domain',
  });
  return { name, version, chainId, verifyingContract: contracts.token };
}
