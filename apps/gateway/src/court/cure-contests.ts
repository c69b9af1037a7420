import { claimCourtAbi } from '@oml/contracts/abis';
import { CLAIM_STATE, isOpenClaim } from '@oml/protocol/chain/claim-state';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { GasAccount } from '../payment/gas-account.ts';
import type { GatewayStore } from '../store.ts';
import { endContest, openContests, type Contest } from './contests.ts';

export interface Curing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: GasAccount;
  store: GatewayStore;
  logger: Logger;
}

/**
 * Sees every contested use to its end. Booking it is all that its window asks for; what was slashed suspends its
 * license until it is booked and the account is covered, which the court is told.
 */
export async function cureContests(curing: Curing): Promise<void> {
  for (const contest of await openContests(curing.store)) await cure(curing, contest);
}

async function cure(curing: Curing, { claimId, receipts }: Contest): Promise<void> {
  const { chain, store, logger } = curing;
  const court = { address: chain.deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const { state, suspends } = await chain.publicClient.readContract({
    ...court,
    functionName: 'claim',
    args: [claimId],
  });
  // In state NONE the chain dropped the block of the claim, which may come again.
  if (state === CLAIM_STATE.NONE || isOpenClaim(state)) return;
  if (suspends) {
    const why = await refusalOf(curing, { ...court, functionName: 'cure', args: [receipts] });
    if (why) return logger.warn({ claimId, ...why }, 'a slashed use suspends our license; it is tried again');
    logger.warn({ claimId }, 'a slashed use is booked: its suspension is lifted');
  } else logger.warn({ claimId, state }, 'a claim against us is over');
  await endContest(store, claimId);
}

/** Undefined where the call went through. */
async function refusalOf({ gas }: Curing, call: Parameters<GasAccount['send']>[0]) {
  try {
    await gas.send(call);
    return undefined;
  } catch (error) {
    const why = isOmlError(error) && error.code === 'CHAIN_REVERTED' ? error.details['errorName'] : undefined;
    return why ? { why } : { err: error };
  }
}
