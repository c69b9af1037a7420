import { claimCourtAbi, parametersAbi } from '@oml/contracts/abis';
import { mutex } from '@oml/program/mutex';
import { isOmlError } from '@oml/protocol/error';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';

/** Another process may take what was put in as often as it has claims to reveal. */
const TRIES = 20;

/**
 * All claims of an account draw their bonds from one balance in the court. What comes out of here reveals a claim with
 * enough in it for one bond: of this process one after another, and again where another process of the account took the
 * bond in between. A bond that comes back stays there for the next.
 */
export function claimBondOf(chain: Chain, me: Hex): <Done>(reveal: () => Promise<Done>) => Promise<Done> {
  const { publicClient, deployment } = chain;
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const inTurn = mutex();

  async function fill(): Promise<void> {
    const [balance, { rates }] = await Promise.all([
      publicClient.readContract({ ...court, functionName: 'balanceOf', args: [me] }),
      publicClient.readContract({
        address: deployment.contracts.parameters,
        abi: parametersAbi,
        functionName: 'values',
      }),
    ]);
    if (balance >= rates.claimBond) return;
    const missing = rates.claimBond - balance;
    await ensureAllowance(chain, me, court.address, missing);
    await chain.send({ ...court, functionName: 'deposit', args: [me, missing] });
  }

  return (reveal) =>
    inTurn(async () => {
      for (let tries = 1; ; tries++) {
        await fill();
        try {
          return await reveal();
        } catch (error) {
          if (tries === TRIES || !isBondTaken(error)) throw error;
        }
      }
    });
}

/** Seen before it is sent, or, retryable, by its transaction only. */
const isBondTaken = (error: unknown): boolean =>
  isOmlError(error) &&
  error.code === 'CHAIN_REVERTED' &&
  (error.retryable || error.details['errorName'] === 'ClaimCourt_InsufficientBalance');
