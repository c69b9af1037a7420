import { readDeployment } from '@oml/contracts/deployment';
import type { Deployment } from '@oml/protocol/deployment';
import { connectChain, type Chain } from '@oml/service/chain';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createTestClient, http, type Hex } from 'viem';

const ROOT = join(import.meta.dirname, '../../..');
const BIN = join(ROOT, 'node_modules/.bin');
const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env['PATH']}` };

/** Anvil's own test keys: worthless anywhere else. */
export const KEYS = {
  DEPLOYER: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  OWNER: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  AGENT: '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  HOST: '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
  CHEAT: '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
  CLEAN: '0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e',
  GAS: '0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356',
  VERIFIER: '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
  OUTSIDER: '0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97',
} as const satisfies Record<string, Hex>;

/** A claim may come sooner than on the dev chain, so that a test waits less. */
const SHORT = { claimMinAge: '4n' };

export interface DevChain {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  as(key: Hex): Chain;
  stop(): void;
}

/** A real anvil with the real contracts, one block a second. */
export async function startDevChain(): Promise<DevChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const anvil = spawn(join(BIN, 'anvil'), ['--port', String(port), '--chain-id', '31337', '--silent'], { stdio: 'ignore' });
  const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl, { retryCount: 50, retryDelay: 100 }) });
  await client.request({ method: 'eth_chainId' as never });
  const folder = mkdtempSync(join(tmpdir(), 'oml-chain-'));
  const [deploymentPath, parametersPath] = [join(folder, 'deployment.json'), join(folder, 'parameters.json')];
  writeFileSync(parametersPath, JSON.stringify({ Oml: SHORT }));
  const deploy = spawnSync(process.execPath, ['scripts/deploy.mjs', '--out', deploymentPath, '--parameters', parametersPath], { cwd: join(ROOT, 'contracts'), env: { ...env, RPC_URL: rpcUrl }, encoding: 'utf8' });
  if (deploy.status !== 0) throw new Error(`deployment failed: ${deploy.stdout}\n${deploy.stderr}`);
  await client.setAutomine(false);
  await client.setIntervalMining({ interval: 1 });
  const deployment = readDeployment(deploymentPath);
  return { rpcUrl, deployment, deploymentPath, as: (key) => connectChain({ rpcUrl, deployment, key }), stop: () => void anvil.kill() };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

