import { licenseRegistryAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import type { Call } from '@oml/program/sender';

/**
 * Gives a license's vault its code where it has none yet: its address is known before, but nothing can be booked there.
 */
export async function ensureVault(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  { licenseId, vault }: { licenseId: bigint; vault: Address },
  send: (call: Call) => Promise<unknown>,
): Promise<void> {
  if (await publicClient.getCode({ address: vault })) return;
  await send({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'deployVault',
    args: [licenseId],
  });
}
