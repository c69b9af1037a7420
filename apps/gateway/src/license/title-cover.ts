import { titleBondsAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import type { Chain } from '@oml/service/chain';
import type { Say } from '@oml/service/license';

/**
 * Has the license reserve what it may of its model's title bond: an upheld blame is paid out of that before the host
 * pays. Nobody does so by himself, and an owner who announced an exit first leaves nothing to reserve.
 */
export async function reserveCover(
  { publicClient, deployment, send }: Chain,
  { licenseId, modelId }: { licenseId: bigint; modelId: bigint },
  say: Say,
): Promise<void> {
  const titles = { address: deployment.contracts.titleBonds, abi: titleBondsAbi } as const;
  const [{ bond, reserved, exit }, before] = await Promise.all([
    publicClient.readContract({ ...titles, functionName: 'titleBondOf', args: [modelId] }),
    publicClient.readContract({ ...titles, functionName: 'coverOf', args: [licenseId] }),
  ]);
  const reserve = { ...titles, functionName: 'reserve', args: [licenseId] } as const;
  const hasMore = bond > reserved + exit.amount;
  const wanted = hasMore ? (await publicClient.simulateContract(reserve)).result : before;
  if (wanted > before) await send(reserve);
  say(`title: the model's title bond covers license ${licenseId} for ${formatDollars(wanted)}`);
}
