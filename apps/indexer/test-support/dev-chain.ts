import { readDeployment } from '@oml/contracts/deployment';
import type { Deployment } from '@oml/protocol/deployment';
import { freePort } from '@oml/db/test-support/postgres';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  createPublicClient, createTestClient, createWalletClient, encodeFunctionData, http,
  type Abi, type Address, type Hex, type PublicClient, type TestClient, type TransactionReceipt,
} from 'viem';
import { mnemonicToAccount, type HDAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';

const ROOT = join(import.meta.dirname, '../../..');
const BIN = join(ROOT, 'node_modules/.bin');

/** Anvil's own test accounts: worthless anywhere else. */
const account = (addressIndex: number): HDAccount => mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex });
export const OWNER = account(1);
export const HOST = account(2);
export const HOST_SIGNER = account(3);
export const BUYER = account(4);
export const VERIFIER = account(5);
export const OUTSIDER = account(6);

/** As short as the contracts allow, so that mining a few blocks is enough waiting. */
const PARAMETERS = { Oml: { claimMinAge: '2n', answerWindow: '6n', slashCooldown: '1n', evidenceThreshold: 2 } };

export interface Send {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args: readonly unknown[];
}

export interface DevChain {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  publicClient: PublicClient;
  testClient: TestClient;
  /** Sends and mines; throws where the call reverts, unless `force`. */
  send(from: HDAccount, call: Send, force?: boolean): Promise<TransactionReceipt>;
  /** Mines blocks, one second of chain time each. */
  mine(blocks: number): Promise<void>;
  now(): Promise<bigint>;
  stop(): Promise<void>;
}

/** A real anvil with the real contracts; it mines each transaction at once. */
export async function startDevChain(): Promise<DevChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const anvil = spawn(join(BIN, 'anvil'), ['--port', String(port), '--chain-id', '31337', '--silent'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => anvil.once('exit', () => resolve()));
  const folder = mkdtempSync(join(tmpdir(), 'oml-indexer-'));
  const stop = async (): Promise<void> => {
    anvil.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const transport = http(rpcUrl, { retryCount: 50, retryDelay: 100 });
  const publicClient = createPublicClient({ chain: foundry, transport, pollingInterval: 20, cacheTime: 0 });
  const testClient = createTestClient({ mode: 'anvil', chain: foundry, transport });
  const deploymentPath = join(folder, 'deployment.json');
  try {
    await publicClient.getChainId();
    deploy(rpcUrl, deploymentPath, join(folder, 'parameters.json'));
  } catch (error) {
    await stop();
    throw error;
  }
  const wallet = createWalletClient({ chain: foundry, transport });

  async function send(from: HDAccount, { address, abi, functionName, args }: Send, force = false): Promise<TransactionReceipt> {
    const call = { account: from, to: address, data: encodeFunctionData({ abi: abi as Abi, functionName, args }) };
    // Estimating gas simulates the call, which is how a revert is thrown here.
    const hash = await wallet.sendTransaction(force ? { ...call, gas: 3_000_000n } : call);
    return publicClient.waitForTransactionReceipt({ hash });
  }
  return {
    rpcUrl,
    deployment: readDeployment(deploymentPath),
    deploymentPath,
    publicClient: publicClient as PublicClient,
    testClient: testClient as TestClient,
    send,
    mine: (blocks) => testClient.mine({ blocks, interval: 1 }),
    now: async () => (await publicClient.getBlock()).timestamp,
    stop,
  };
}

function deploy(rpcUrl: string, out: string, parameters: string): void {
  writeFileSync(parameters, JSON.stringify(PARAMETERS));
  const env = { ...process.env, RPC_URL: rpcUrl, PATH: `${BIN}${delimiter}${process.env['PATH']}` };
  const args = ['scripts/deploy.mjs', '--out', out, '--parameters', parameters];
  for (let attempt = 1; ; attempt++) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: join(ROOT, 'contracts'), env, encoding: 'utf8', timeout: 120_000 });
    if (status === 0) return;
    // Two test files that deploy at once trip over Hardhat's one compile cache; the second try finds it written.
    const raced = stderr.includes('compile-cache.json');
    if (!raced || attempt === 3) throw new Error(`the deployment failed: ${stdout}\n${stderr}`);
  }
}
