import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { TOWER_PATH, towerSchema } from '@oml/protocol/wire/voucher-export';
import { sentenceOf } from '@oml/service/error-facts';
import { fetchText } from '@oml/service/fetch-text';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countOwing, type TowerStore } from '../channel/handed.ts';
import { readListings } from '../license/listings.ts';
import { openGatewayStore } from '../store.ts';
import type { Examined } from './chain-checks.ts';
import { fail, ok, warn, type Check } from './check.ts';

const LIMITS = { timeoutMs: 10_000, maxBytes: 16 * 1024, allowPrivate: true };

/** Does the watchtower answer, may it collect into every vault, and does it have what it would need? */
export const checkTower =
  (examined: Examined, url: string): Check =>
  async () => {
    const { address, chainId, collectsAfter, mark } = towerSchema.parse(
      JSON.parse(await fetchText(`${url}${TOWER_PATH}`, LIMITS).catch(unreachable)),
    );
    if (chainId !== examined.chain.deployment.chainId)
      return fail(`The watchtower at ${url} watches chain ${chainId}.`, 'Name one of your own chain.');
    const strange = await vaultsWithout(examined, address);
    if (strange.length > 0)
      return fail(`Of ${strange.join(', ')} the vault has not named ${address}.`, `oml host watchtower ${url}`);
    const owing = await countLacking(examined, { url, mark });
    const hours = Math.round(collectsAfter / 360) / 10;
    return owing > 0
      ? warn(`The watchtower lacks the newest voucher of ${owing} channels.`, 'The log of the gateway says why.')
      : ok(`The watchtower ${address} has every voucher, and collects what is older than ${hours} h.`);
  };

const unreachable = (error: unknown): never => {
  throw new Error(`The watchtower does not answer: ${sentenceOf(error)}.`);
};

/** Names of models whose vault has not named the tower. */
async function vaultsWithout({ chain, dataDir }: Examined, tower: `0x${string}`): Promise<string[]> {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const named = await Promise.all(
    readListings(dataDir).map(async ({ model, licenseId }) => {
      const vault = await publicClient.readContract({ ...registry, functionName: 'vaultOf', args: [licenseId] });
      const asked = { address: vault, abi: revenueVaultAbi, functionName: 'isWatchtower', args: [tower] } as const;
      const hasCode = (await publicClient.getCode({ address: vault })) !== undefined;
      return { model, isNamed: hasCode && (await publicClient.readContract(asked)) };
    }),
  );
  return named.flatMap(({ model, isNamed }) => (isNamed ? [] : [model]));
}

async function countLacking({ store: url, dataDir }: Examined, tower: TowerStore): Promise<number> {
  if (!url.startsWith('postgres') && !existsSync(join(dataDir, 'gateway.sqlite'))) return 0;
  const store = await openGatewayStore(url);
  return countOwing(store, tower).finally(() => store.close());
}
