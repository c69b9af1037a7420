// A real chain with the real contracts for the tests of every agent.
import { readDeployment } from '@oml/contracts/deployment';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { bytesToHex, createTestClient, http, type Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { connectChain, type Chain } from '../src/chain.ts';
import { restoreOrDeploy, type Parameters } from './deployed-state.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BIN = join(ROOT, 'node_modules/.bin');

/** Key of one of anvil's own accounts, all of which have gas: worthless anywhere else. Account 0 deploys. */
export const devKey = (addressIndex: number): Hex =>
  bytesToHex(
    mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex }).getHdKey()
      .privateKey!,
  );

export interface DevChainOptions {
  /** Deployment parameters of the `Oml` module that differ from the dev chain's. */
  parameters?: Parameters;
  /** Without it every transaction is mined at once. */
  secondsPerBlock?: number;
  /** Mined at once, and in every interval a block all the same. */
  isMixed?: boolean;
}

export interface DevChain {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  /** A folder that goes when the chain goes. */
  scratch: string;
  as(key: Hex): Chain;
  stop(): Promise<void>;
}

/**
 * Starts anvil and deploys. The deployment itself is mined transaction by transaction, so that nobody waits for blocks.
 */
export async function startDevChain({
  parameters = {},
  secondsPerBlock,
  isMixed = false,
}: DevChainOptions = {}): Promise<DevChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const scratch = mkdtempSync(join(tmpdir(), 'oml-chain-'));
  const mixed = isMixed ? ['--mixed-mining', '--block-time', String(secondsPerBlock)] : [];
  const anvil = spawn(
    join(BIN, 'anvil'),
    ['--port', String(port), '--chain-id', '31337', '--accounts', '20', '--silent', ...mixed],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => anvil.once('exit', () => resolve()));
  // A test run that ends without its `afterAll`, for whatever reason, leaves no chain behind.
  const killWithUs = () => void anvil.kill();
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    anvil.kill();
    await ended;
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl, { retryCount: 50, retryDelay: 100 }) });
    await client.request({ method: 'eth_chainId' as never });
    const deploymentPath = join(scratch, 'deployment.json');
    await restoreOrDeploy(client, deploymentPath, parameters, () =>
      deploy(rpcUrl, scratch, deploymentPath, parameters),
    );
    if (secondsPerBlock !== undefined && !isMixed) {
      await client.setAutomine(false);
      await client.setIntervalMining({ interval: secondsPerBlock });
    }
    const deployment = readDeployment(deploymentPath);
    return {
      rpcUrl,
      deployment,
      deploymentPath,
      scratch,
      as: (key) => connectChain({ rpcUrl, deployment, key }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function deploy(rpcUrl: string, scratch: string, out: string, parameters: Parameters): void {
  const parametersPath = join(scratch, 'parameters.json');
  writeFileSync(parametersPath, JSON.stringify({ Oml: parameters }));
  const env = { ...process.env, RPC_URL: rpcUrl, PATH: `${BIN}${delimiter}${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/deploy.mjs', '--out', out, '--parameters', parametersPath],
    { cwd: join(ROOT, 'contracts'), env, encoding: 'utf8', timeout: 600_000 },
  );
  if (status !== 0) throw new Error(`the deployment failed: ${stdout}\n${stderr}`);
}

/** A port of the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
