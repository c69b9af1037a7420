import { readDeployment } from '@oml/contracts/deployment';
import { connectChain, type Chain } from '@oml/service/chain';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, type Hex } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';

const ROOT = join(import.meta.dirname, '../../..');
const MNEMONIC = 'test test test test test test test test test test test junk';

const keyAt = (addressIndex: number): Hex => bytesToHex(mnemonicToAccount(MNEMONIC, { addressIndex }).getHdKey().privateKey!);

/** Keys of the people in the tests; anvil gave each of them gas. */
export const KEYS = { OWNER: keyAt(1), HOST: keyAt(2), SIGNER: keyAt(3), GAS: keyAt(4), BUYER: keyAt(5), OUTSIDER: keyAt(6), CLAIMANT: keyAt(7), POOR_SIGNER: keyAt(8) } as const;
export const OWNER = privateKeyToAccount(KEYS.OWNER);
export const HOST = privateKeyToAccount(KEYS.HOST);
export const SIGNER = privateKeyToAccount(KEYS.SIGNER);
export const BUYER = privateKeyToAccount(KEYS.BUYER);
export const OUTSIDER = privateKeyToAccount(KEYS.OUTSIDER);

export interface TestChain {
  rpcUrl: string;
  deploymentPath: string;
  /** A folder that goes when the chain goes. */
  scratch: string;
  as(key: Hex): Chain;
  stop(): Promise<void>;
}

/** A real anvil with one-second blocks and a real deployment on it. */
export async function startChain(): Promise<TestChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const scratch = mkdtempSync(join(tmpdir(), 'oml-gateway-'));
  const anvil = spawn(join(ROOT, 'node_modules/.bin/anvil'), ['--block-time', '1', '--chain-id', '31337', '--port', String(port), '--silent'], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => anvil.once('exit', () => resolve()));
  await waitFor(async () => (await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}' })).ok);
  const deploymentPath = join(scratch, 'deployment.json');
  await deploy(rpcUrl, deploymentPath).catch((error: unknown) => {
    anvil.kill();
    throw error;
  });
  const deployment = readDeployment(deploymentPath);
  return {
    rpcUrl,
    deploymentPath,
    scratch,
    as: (key) => connectChain({ rpcUrl, deployment, key }),
    async stop() {
      anvil.kill();
      await gone;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** Polls until `check` holds; fails after `timeoutMs`. */
export async function waitFor(check: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (Date.now() > until) throw new Error(`nothing came of it within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Hardhat's compile cache has one temporary file for all of its processes, so a deployment beside others may trip over theirs. */
async function deploy(rpcUrl: string, out: string, attempts = 5): Promise<void> {
  try {
    await run('npm', ['run', '-s', 'deploy', '-w', 'contracts', '--', '--out', out], { ...process.env, RPC_URL: rpcUrl });
  } catch (error) {
    if (attempts <= 1 || !String(error).includes('compile-cache.json')) throw error;
    await new Promise((resolve) => setTimeout(resolve, 2_000 * Math.random()));
    await deploy(rpcUrl, out, attempts - 1);
  }
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('exit', (status) => (status === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')} exited with ${status}\n${errors}`))));
  });
}
