import { licenseRegistryAbi } from '@oml/contracts/abis';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keccak256, stringToHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { freePort, KEYS, type DevChain } from './dev-chain.ts';
import { PRICE, takeLicense } from './market.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UP_MS = 200_000;

/** The product's own gateway, as a host starts it, with a license for the model; it collects as soon as it can. */
export async function startGateway(
  chain: DevChain,
  key: Hex,
  modelId: bigint,
): Promise<{ url: string; licenseId: bigint; stop(): Promise<void> }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const signer = keccak256(stringToHex(`signer of ${key}`));
  const { licenseId } = await takeLicense(chain, { host: key, signer, owner: KEYS.OWNER }, modelId, url);
  await bindGas(chain, key);
  const dataDir = mkdtempSync(join(chain.scratch, 'gateway-'));
  const folder = join(ROOT, 'models/fable-mini');
  const listing = { model: 'fable-mini', kind: 'language', licenseId: String(licenseId), price: String(PRICE), folder };
  writeFileSync(join(dataDir, 'licenses.json'), JSON.stringify([listing]));
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: url,
    SIGNER_KEY: signer,
    GAS_KEY: KEYS.GAS,
    HOST_ACCOUNT: privateKeyToAccount(key).address,
    COLLECT_AFTER: '0',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
  };
  const child = spawn(process.execPath, [join(ROOT, 'apps/gateway/src/main.ts')], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const isUp = () =>
    fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (const endsAt = Date.now() + UP_MS; !(await isUp()); await sleep(200))
    if (Date.now() > endsAt) {
      await stop();
      throw new Error('the gateway does not get ready');
    }
  return { url, licenseId, stop };
}

/** A channel is collected by the account's signers alone. */
async function bindGas(chain: DevChain, host: Hex): Promise<void> {
  const { send, deployment, account } = chain.as(host);
  const { licenseRegistry } = deployment.contracts;
  const gas = privateKeyToAccount(KEYS.GAS);
  const binding = await signBinding(gas, account!.address, { chainId: deployment.chainId, licenseRegistry });
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  await send({ ...registry, functionName: 'bindSigner', args: [gas.address, binding] });
}
