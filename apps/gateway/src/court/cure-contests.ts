import { claimCourtAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Revert } from '@oml/service/revert';
import type { GasAccount } from '../payment/gas-account.ts';
import type { GatewayStore } from '../store.ts';
import { endContest, openContests, type Contest } from './contests.ts';

export interface Curing {
  chain: Pick<Chain, 'deployment'>;
  gas: GasAccount;
  store: GatewayStore;
  logger: Logger;
}

/**
 * Shows the court every contested use that is booked by now. Booking alone cures nothing: the court looks when it is
 * told, and only in the window.
 */
export async function cureContests(curing: Curing): Promise<void> {
  for (const contest of await openContests(curing.store)) await cure(curing, contest);
}

async function cure({ chain, gas, store, logger }: Curing, contest: Contest): Promise<void> {
  const { claimId, receipt, claimant, nonceSalt } = contest;
  try {
    const { transactionHash } = await gas.send({
      address: chain.deployment.contracts.claimCourt,
      abi: claimCourtAbi,
      functionName: 'cure',
      args: [receipt, claimant, nonceSalt],
    });
    await endContest(store, claimId);
    logger.warn({ claimId, tx: transactionHash }, 'a claim against us is cured; the late fee is taken');
  } catch (error) {
    const revert = revertOf(error);
    const why = revert?.errorName;
    if (revert && isOver(revert)) {
      await endContest(store, claimId);
      logger.warn({ claimId, why }, 'a claim against us is over');
    } else {
      logger.warn({ claimId, ...(why ? { why } : { err: error }) }, 'a claim cannot be cured yet; it is tried again');
    }
  }
}

/** Over for good, whoever ended it? In state NONE the chain dropped the block of the claim, which may come again. */
const isOver = ({ errorName, errorArgs }: Revert): boolean =>
  errorName === 'ClaimCourt_WindowOver' ||
  (errorName === 'ClaimCourt_WrongState' && errorArgs['state'] !== String(CLAIM_STATE.NONE));

/** The custom error behind a refused write; undefined where it failed for another reason. */
function revertOf(error: unknown): Revert | undefined {
  return isOmlError(error) && error.code === 'CHAIN_REVERTED' && error.details['errorName']
    ? (error.details as unknown as Revert)
    : undefined;
}
