import { batchSettlementAbi, claimCourtAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { decodeRevert, type Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { zeroHash } from 'viem';
import { findChannel } from '../channel/ledger.ts';
import { findPayment } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';
import { bookExactCall } from '../vault/book-exact.ts';
import { shortfallOf, type Purse } from '../vault/shortfall.ts';
import { openContests, type NotedContest } from './contests.ts';

export interface PayingContested {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  purse: Purse;
  logger: Logger;
}

/**
 * Pays for contested uses that could not be booked in this round, because the money is gone or the payment is not in
 * this ledger: what is lacking is less than a slash. An answer without a payment is never booked, whoever pays. While
 * there is time, what can still be booked is left to the next round: a node may have failed in this one.
 */
export async function payContested(paying: PayingContested): Promise<void> {
  const { chain, store, purse, logger } = paying;
  const { publicClient, deployment } = chain;
  for (const contest of await openContests(store)) {
    const { claimId, receipts } = contest;
    for (const receipt of receipts) {
      const { licenseId, paymentRef, client, cumulative } = receipt;
      if (paymentRef === zeroHash) continue;
      try {
        const vault = await publicClient.readContract({
          address: deployment.contracts.licenseRegistry,
          abi: licenseRegistryAbi,
          functionName: 'vaultOf',
          args: [licenseId],
        });
        const due = { vault, paymentRef, client, total: cumulative };
        if ((await shortfallOf(chain, due)) === 0n) continue;
        if ((await hasTime(paying, contest)) && (await mayBeBooked(paying, receipt))) continue;
        await purse.pay(due);
      } catch (error) {
        logger.warn({ err: error, claimId }, 'the shortfall of a contested use could not be paid; it is tried again');
      }
    }
  }
}

/** Half of the window is for booking. */
async function hasTime({ chain }: PayingContested, { claimId, notedAt }: NotedContest): Promise<boolean> {
  const { answerBy } = await chain.publicClient.readContract({
    address: chain.deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'claim',
    args: [claimId],
  });
  return Date.now() < (notedAt + Number(answerBy) * 1_000) / 2;
}

/** Does the chain still have what its payment would take? */
async function mayBeBooked({ chain, store }: PayingContested, { paymentRef, cumulative }: Receipt): Promise<boolean> {
  const { publicClient, deployment } = chain;
  const payment = await findPayment(store, paymentRef);
  if (payment)
    return publicClient.simulateContract(bookExactCall(payment)).then(
      () => true,
      (error: unknown) => decodeRevert(error) === undefined,
    );
  if (!(await findChannel(store, paymentRef))) return false;
  const [balance] = await publicClient.readContract({
    address: deployment.contracts.batchSettlement,
    abi: batchSettlementAbi,
    functionName: 'channels',
    args: [paymentRef],
  });
  return balance >= cumulative;
}
