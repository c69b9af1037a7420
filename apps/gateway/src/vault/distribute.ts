import { revenueVaultAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address } from 'viem';
import type { GasAccount } from '../payment/gas-account.ts';

/**
 * Splits what arrived and takes the host's share; what a frozen license earned stays in its bucket until the next round
 * after the thaw.
 */
export async function distribute(
  { publicClient }: Pick<Chain, 'publicClient'>,
  gas: GasAccount,
  address: Address,
  logger: Logger,
): Promise<void> {
  const vault = { address, abi: revenueVaultAbi } as const;
  if ((await publicClient.readContract({ ...vault, functionName: 'undistributed' })) > 0n)
    await gas.send({ ...vault, functionName: 'distribute' });
  const { host } = await publicClient.readContract({ ...vault, functionName: 'buckets' });
  if (host === 0n) return;
  await gas.send({ ...vault, functionName: 'payHost' }).catch((error: unknown) => {
    if (!isOmlError(error) || error.details['errorName'] !== 'RevenueVault_Frozen') throw error;
    logger.warn({ vault: address, host: String(host) }, 'payouts of this license are frozen');
  });
}
