import { batchSettlementAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address } from 'viem';
import type { GasAccount } from '../payment/gas-account.ts';
import { markSplit, unsplitChannels } from '../channel/collection.ts';
import { markDistributed, undistributedPayments } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';

export interface Distributing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: GasAccount;
  store: GatewayStore;
  logger: Logger;
}

/**
 * Splits what was booked since the last time, all vaults side by side: each waits for blocks of its own. What counts as
 * split is what was booked before: it is booked on meanwhile, by this gateway and others on the same store.
 */
export async function distributeBooked(distributing: Distributing): Promise<void> {
  const { store, logger } = distributing;
  const payments = await undistributedPayments(store);
  const channels = Map.groupBy(await unsplitChannels(store), ({ vault }) => vault);
  const split = async (vault: Address): Promise<void> => {
    if (channels.has(vault)) await fetchClaimed(distributing, vault);
    await distribute(distributing, vault);
    await markDistributed(store, payments.get(vault) ?? []);
    await markSplit(store, channels.get(vault) ?? []);
  };
  await Promise.all(
    [...new Set([...payments.keys(), ...channels.keys()])].map((vault) =>
      split(vault).catch((error: unknown) =>
        logger.warn({ err: error, vault }, 'a vault could not be split; it is tried again'),
      ),
    ),
  );
}

/** What the vault claimed of its channels lies in the channel contract, from where anyone may send it to the vault. */
async function fetchClaimed({ chain, gas }: Distributing, vault: Address): Promise<void> {
  const { batchSettlement, token } = chain.deployment.contracts;
  const channels = { address: batchSettlement, abi: batchSettlementAbi, args: [vault, token] } as const;
  const [claimed, fetched] = await chain.publicClient.readContract({ ...channels, functionName: 'receivers' });
  if (claimed > fetched) await gas.send({ ...channels, functionName: 'settle' });
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
