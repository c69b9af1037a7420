import { licenseRegistryAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { zeroHash } from 'viem';
import type { GatewayStore } from '../store.ts';
import type { Purse } from '../vault/shortfall.ts';
import { openContests } from './contests.ts';

export interface PayingContested {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  purse: Purse;
  logger: Logger;
}

/**
 * Pays for contested uses that could not be booked in this round, because the money is gone or the payment is not in
 * this ledger: what is lacking is less than a slash. An answer without a payment is never booked, whoever pays.
 */
export async function payContested({ chain, store, purse, logger }: PayingContested): Promise<void> {
  const { publicClient, deployment } = chain;
  const contests = await openContests(store);
  const uses = contests.flatMap(({ claimId, receipts }) => receipts.map((receipt) => ({ claimId, ...receipt })));
  for (const { claimId, licenseId, paymentRef, client, cumulative } of uses) {
    if (paymentRef === zeroHash) continue;
    try {
      const vault = await publicClient.readContract({
        address: deployment.contracts.licenseRegistry,
        abi: licenseRegistryAbi,
        functionName: 'vaultOf',
        args: [licenseId],
      });
      await purse.pay({ vault, paymentRef, client, total: cumulative });
    } catch (error) {
      logger.warn({ err: error, claimId }, 'the shortfall of a contested use could not be paid; it is tried again');
    }
  }
}
