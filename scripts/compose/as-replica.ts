// Starts a command as one of several replicas: keys named in REPLICA_KEYS become keys of this replica alone.
//   node scripts/compose/as-replica.ts apps/gateway/src/main.ts
// Two processes with one key would fight over its nonces; so each derives its own from the shared seed and its host
// name.
import { devDollarAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import {
  concatHex,
  createTestClient,
  createWalletClient,
  http,
  keccak256,
  parseEther,
  publicActions,
  stringToBytes,
  toHex,
  type Hex,
} from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';

const names = (process.env['REPLICA_KEYS'] ?? '').split(',').filter(Boolean);

/** This replica's own key below a shared seed. */
export function replicaKey(seed: Hex, host: string): Hex {
  return keccak256(concatHex([seed, toHex(stringToBytes(host))]));
}

/** Gas and dollars for a fresh key: possible on the dev chain only, where both are free. */
async function fund(key: Hex): Promise<void> {
  const { contracts, chainId } = readDeployment(process.env['OML_DEPLOYMENT']!);
  if (chainId !== foundry.id) return;
  const transport = http(process.env['RPC_URL']);
  const chain = createTestClient({ chain: foundry, mode: 'anvil', transport }).extend(publicActions);
  const { address } = privateKeyToAccount(key);
  if ((await chain.getBalance({ address })) > 0n) return;
  await chain.setBalance({ address, value: parseEther('10') });
  const deployer = mnemonicToAccount('test test test test test test test test test test test junk');
  const wallet = createWalletClient({ account: deployer, chain: foundry, transport });
  const hash = await wallet.writeContract({
    address: contracts.token,
    abi: devDollarAbi,
    functionName: 'mint',
    args: [address, 100_000_000n],
  });
  await chain.waitForTransactionReceipt({ hash });
}

if (import.meta.main) {
  const env = { ...process.env };
  for (const name of names) {
    const seed = env[name] as Hex | undefined;
    if (!seed) throw new Error(`${name} is named in REPLICA_KEYS but not set.`);
    env[name] = replicaKey(seed, hostname());
    await fund(env[name] as Hex);
  }
  const child = spawn(process.execPath, process.argv.slice(2), { env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}
