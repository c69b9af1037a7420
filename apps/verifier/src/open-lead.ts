import { claimCourtAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';

const CONTESTED = 2;

/**
 * How to end the claim that opened an account's pot: the court serves it before those that joined. Undefined where it
 * has ended.
 */
export async function openLead({ publicClient, deployment }: Chain, account: Hex) {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const range = { ...court, args: { account }, fromBlock: BigInt(deployment.deployedAtBlock), strict: true } as const;
  const [unpaid, disguised] = await Promise.all([
    publicClient.getContractEvents({ ...range, eventName: 'UnpaidUseClaimed' }),
    publicClient.getContractEvents({ ...range, eventName: 'DisguisedUseClaimed' }),
  ]);
  const ends = [
    ...unpaid.map(({ args: { claimId, receipt, claimant, nonceSalt } }) => ({
      claimId,
      functionName: 'finaliseUnpaidUse' as const,
      args: [receipt, claimant, nonceSalt] as const,
    })),
    ...disguised.map(({ args: { claimId, claimant, batch } }) => ({
      claimId,
      functionName: 'finaliseDisguisedUse' as const,
      args: [claimant, batch] as const,
    })),
  ];
  for (const { claimId, ...end } of ends) {
    const { state, opensPot } = await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
    if (opensPot && state === CONTESTED) return end;
  }
  return undefined;
}
