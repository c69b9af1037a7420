import { devDollarAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { createLogger, type Logger } from '@oml/service/logger';
import { createTicker, type Ticker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { answerKey, createAnswers } from './answer/kept-answers.ts';
import { createGatewayApp } from './app.ts';
import { createBooker } from './vault/book.ts';
import { createGasAccount } from './payment/gas-account.ts';
import { createGate } from './payment/gate.ts';
import { openLedger } from './payment/ledger.ts';
import { openModels } from './answer/models.ts';
import type { GatewayOptions } from './options.ts';
import { createServeCall } from './answer/serve.ts';
import type { TokenDomain } from './payment/header.ts';
import { createReceipts } from './answer/receipts.ts';
import { checkSigner } from './license/host-account.ts';
import { ensureVault } from './vault/ensure-vault.ts';

export interface Gateway {
  app: Hono;
  loops: Ticker[];
  /** Ends the loops and closes the store. */
  stop(): Promise<void>;
}

const PURGE_EVERY_MS = 600_000;

/**
 * Wires a gateway together. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH, SIGNATURE_INVALID, NOT_FOUND, LICENSE_NOT_ACTIVE.
 */
export async function createGateway(
  options: GatewayOptions,
  logger: Logger = createLogger('gateway'),
): Promise<Gateway> {
  const { RPC_URL, DATA_DIR, HOST_ACCOUNT, SIGNER_KEY, GAS_KEY, CONFIRMATIONS, PUBLIC_URL } = options;
  const chain = connectChain({ rpcUrl: RPC_URL, deployment: readDeployment(options.OML_DEPLOYMENT) });
  await checkChain(chain);
  const signer = privateKeyToAccount(SIGNER_KEY);
  await checkSigner(chain, signer.address, HOST_ACCOUNT);
  const models = await openModels(DATA_DIR, HOST_ACCOUNT, chain);

  const { chainId, contracts } = chain.deployment;
  const ledger = openLedger(join(DATA_DIR, 'gateway.sqlite'));
  const answers = createAnswers(ledger.store, answerKey(options.ANSWER_SECRET ?? SIGNER_KEY));
  const receipts = createReceipts(answers, signer, { chainId, court: contracts.claimCourt });
  const gas = createGasAccount(chain, RPC_URL, GAS_KEY);
  for (const model of models) await ensureVault(chain, model, gas.send);
  const creditOnly = options.CREDIT_STRANGERS ? undefined : gas.address;
  const settling = {
    chain,
    gas,
    ledger,
    creditOnly,
    domain: await tokenDomain(chain),
    confirmations: CONFIRMATIONS,
    logger,
  };
  const serveCall = createServeCall({ gate: createGate(settling, PUBLIC_URL), answers, receipts, logger });

  const booker = createBooker({ chain, gas, ledger, creditOnly, account: HOST_ACCOUNT, mode: options.BOOKING, logger });
  const purger = createTicker({ everyMs: PURGE_EVERY_MS, run: async () => answers.purge(), logger });
  const isReady = () =>
    checkChain(chain).then(
      () => true,
      () => false,
    );
  const { app } = createGatewayApp({
    chainId,
    account: HOST_ACCOUNT,
    signer: signer.address,
    token: contracts.token,
    models,
    serveCall,
    logger,
    isReady,
  });
  const loops = [booker, purger];
  const stop = async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await Promise.all(models.map(({ engine }) => engine.dispose()));
    ledger.store.close();
  };
  return { app, loops, stop };
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
