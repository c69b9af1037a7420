import { licenseRegistryAbi } from '@oml/contracts/abis';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { until } from '@oml/service/wait';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256, stringToHex, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { freePort, KEYS, type DevChain } from './dev-chain.ts';
import { PRICE, takeLicense } from './market.ts';

const ROOT = join(import.meta.dirname, '../../..');
const GATEWAY = join(ROOT, 'apps/gateway/src/main.ts');
const FABLE = join(ROOT, 'models/fable-mini');
const UP_MS = 300_000;

/** What a host runs, and what that answers with. */
export interface Running {
  /** The product's own gateway; or a program around it that keeps other habits. */
  program?: string;
  /** Where the model lies, fable-mini if not given. */
  folder?: string;
  /** Seconds that what a channel owes may wait to be collected; 0 if not given. */
  collectAfter?: number;
}

export interface GatewayOptions extends Running {
  /** Pays the gas; of this gateway alone. */
  gas?: Hex;
}

/** A gateway in a process of its own, with one license. */
export interface GatewayProcess {
  url: string;
  account: Address;
  licenseId: bigint;
  readonly pid: number;
  /** Another process takes the place of this one, with the same keys and files. */
  restart(running: Running): Promise<void>;
  stop(): Promise<void>;
}

/** The product's own gateway, as a host starts it, with a license for the model; it collects as soon as it can. */
export async function startGateway(
  chain: DevChain,
  key: Hex,
  modelId: bigint,
  { gas = KEYS.GAS, ...running }: GatewayOptions = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const signer = keccak256(stringToHex(`signer of ${key}`));
  const account = privateKeyToAccount(key).address;
  const { licenseId } = await takeLicense(chain, { host: key, signer, owner: KEYS.OWNER }, modelId, url);
  await bindGas(chain, key, gas);
  const dataDir = mkdtempSync(join(chain.scratch, 'gateway-'));
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: url,
    SIGNER_KEY: signer,
    GAS_KEY: gas,
    HOST_ACCOUNT: account,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
  };
  const open = async ({ program = GATEWAY, folder = FABLE, collectAfter = 0 }: Running): Promise<ChildProcess> => {
    const about = { kind: 'language', licenseId: String(licenseId), price: String(PRICE), folder };
    writeFileSync(join(dataDir, 'licenses.json'), JSON.stringify([{ model: 'fable-mini', ...about }]));
    const own = { ...process.env, ...env, COLLECT_AFTER: String(collectAfter) };
    const child = spawn(process.execPath, [program], { env: own, stdio: 'inherit' });
    const isUp = () =>
      fetch(`${url}/ready`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    await until('the gateway', isUp, { timeoutMs: UP_MS }).catch(async (error: unknown) => {
      await end(child);
      throw error;
    });
    return child;
  };
  let child = await open(running);
  return {
    url,
    account,
    licenseId,
    get pid() {
      return child.pid!;
    },
    async restart(next) {
      await end(child);
      child = await open(next);
    },
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}

/** A channel is collected by the account's signers alone. */
async function bindGas(chain: DevChain, host: Hex, gasKey: Hex): Promise<void> {
  const { send, deployment, account } = chain.as(host);
  const { licenseRegistry } = deployment.contracts;
  const gas = privateKeyToAccount(gasKey);
  const binding = await signBinding(gas, account!.address, { chainId: deployment.chainId, licenseRegistry });
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  await send({ ...registry, functionName: 'bindSigner', args: [gas.address, binding] });
}
