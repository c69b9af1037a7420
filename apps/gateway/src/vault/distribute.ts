import { revenueVaultAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address } from 'viem';
import type { GasAccount } from '../payment/gas-account.ts';
import { markDistributed, undistributedVaults } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';

export interface Distributing {
  chain: Pick<Chain, 'publicClient'>;
  gas: GasAccount;
  store: GatewayStore;
  logger: Logger;
}

/** Splits what was booked since the last time, vault by vault. */
export async function distributeBooked(distributing: Distributing): Promise<void> {
  for (const vault of await undistributedVaults(distributing.store)) {
    await distribute(distributing, vault);
    await markDistributed(distributing.store, vault);
  }
}

/**
 * Splits what arrived and pays the host out, unless somebody else was faster: the publisher does it too, and anyone
 * may. What a frozen license earned stays in its bucket until the next round after the thaw.
 */
async function distribute({ chain: { publicClient }, gas, logger }: Distributing, address: Address): Promise<void> {
  const vault = { address, abi: revenueVaultAbi } as const;
  if ((await publicClient.readContract({ ...vault, functionName: 'undistributed' })) > 0n)
    await gas.send({ ...vault, functionName: 'distribute' }).catch((error: unknown) => {
      if (revertName(error) !== 'RevenueVault_NothingToDistribute') throw error;
    });
  const { host } = await publicClient.readContract({ ...vault, functionName: 'buckets' });
  if (host === 0n) return;
  await gas.send({ ...vault, functionName: 'payHost' }).catch((error: unknown) => {
    const name = revertName(error);
    if (name === 'RevenueVault_Frozen')
      logger.warn({ vault: address, host: String(host) }, 'payouts of this license are frozen');
    else if (name !== 'RevenueVault_NothingToPay') throw error;
  });
}

const revertName = (error: unknown): unknown => (isOmlError(error) ? error.details['errorName'] : undefined);
