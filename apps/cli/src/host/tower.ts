import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { TOWER_PATH, towerSchema, type Tower } from '@oml/protocol/wire/voucher-export';
import type { Chain } from '@oml/service/chain';
import { sentenceOf } from '@oml/service/error-facts';
import { fetchText } from '@oml/service/fetch-text';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from 'viem';
import { z } from 'zod';

const LIMITS = { timeoutMs: 10_000, maxBytes: 16 * 1024, allowPrivate: true };
const listings = z.array(z.object({ licenseId: z.string().regex(/^\d+$/).transform(BigInt) }));

/** Asks a watchtower who it is. Throws UNAVAILABLE, CHAIN_MISMATCH. */
export async function askTower(url: string, chainId: number): Promise<Tower> {
  let tower: Tower;
  try {
    tower = towerSchema.parse(JSON.parse(await fetchText(`${url}${TOWER_PATH}`, LIMITS)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? 'what it answers is not what a watchtower says' : sentenceOf(cause);
    throw new OmlError('UNAVAILABLE', `There is no watchtower at ${url}: ${why}.`, { cause });
  }
  if (tower.chainId === chainId) return tower;
  throw new OmlError('CHAIN_MISMATCH', `The watchtower at ${url} watches chain ${tower.chainId}, not ${chainId}.`);
}

/** Names a watchtower, or no longer, in the vault of every license of this host; the vaults. Throws NOT_FOUND. */
export async function nameTower(chain: Chain, dataDir: string, tower: Address, named: boolean): Promise<Address[]> {
  const { publicClient, deployment, send } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const vaults: Address[] = [];
  for (const licenseId of licensesIn(dataDir)) {
    const args = [licenseId] as const;
    const vault = await publicClient.readContract({ ...registry, functionName: 'vaultOf', args });
    const called = { address: vault, abi: revenueVaultAbi } as const;
    if (!(await publicClient.getCode({ address: vault })))
      await send({ ...registry, functionName: 'deployVault', args });
    const isNamed = await publicClient.readContract({ ...called, functionName: 'isWatchtower', args: [tower] });
    if (isNamed !== named) await send({ ...called, functionName: 'nameWatchtower', args: [tower, named] });
    vaults.push(vault);
  }
  return vaults;
}

function licensesIn(dataDir: string): bigint[] {
  const file = join(dataDir, 'licenses.json');
  if (!existsSync(file))
    throw new OmlError('NOT_FOUND', 'This host has no license yet: oml host up --model NAME takes one.');
  return listings.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ licenseId }) => licenseId);
}
