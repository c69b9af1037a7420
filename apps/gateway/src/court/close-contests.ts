import { claimCourtAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Revert } from '@oml/service/revert';
import { Contests } from './contests.ts';
import type { GasAccount } from '../payment/gas-account.ts';
import type { Ledger } from '../payment/ledger.ts';

interface Answering {
  chain: Pick<Chain, 'deployment'>;
  gas: GasAccount;
  ledger: Ledger;
  logger: Logger;
}

/** `ClaimState.NONE`: the chain dropped the block of the claim, which may come again. */
const NO_CLAIM = '0';

/**
 * Shows the court every contested use that is booked by now. Booking alone is no answer: the court looks when it is
 * told, and only in the window.
 */
export async function closeContests({ chain, gas, ledger, logger }: Answering): Promise<void> {
  const contests = new Contests(ledger.store);
  const court = { address: chain.deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  for (const { claimId, receipt, claimant, nonceSalt } of contests.open()) {
    try {
      const { transactionHash } = await gas.send({
        ...court,
        functionName: 'cure',
        args: [receipt, claimant, nonceSalt],
      });
      contests.end(claimId);
      logger.warn({ claimId, tx: transactionHash }, 'the claim is answered; the late fee is taken');
    } catch (error) {
      const why = revertOf(error)?.errorName;
      if (isOver(error)) {
        contests.end(claimId);
        logger.warn({ claimId, why }, 'a claim against us is over');
      } else {
        logger.warn(
          { claimId, ...(why ? { why } : { err: error }) },
          'a claim cannot be answered yet; it is tried again',
        );
      }
    }
  }
}

/** Over for good, whoever ended it? */
function isOver(error: unknown): boolean {
  const revert = revertOf(error);
  return (
    revert?.errorName === 'ClaimCourt_WindowOver' ||
    (revert?.errorName === 'ClaimCourt_WrongState' && revert.errorArgs['state'] !== NO_CLAIM)
  );
}

/** The custom error behind a refused write; undefined where it failed for another reason. */
function revertOf(error: unknown): Revert | undefined {
  return isOmlError(error) && error.code === 'CHAIN_REVERTED' && error.details['errorName']
    ? (error.details as unknown as Revert)
    : undefined;
}
