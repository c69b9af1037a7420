import { claimCourtAbi } from '@oml/contracts/abis';
import { readLogs } from '@oml/program/read-logs';
import { CLAIM_STATES, OFFENCES } from '@oml/protocol/chain/claim-state';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';

export const claimsAt = ({ deployment }: Pick<Chain, 'deployment'>) =>
  ({ address: deployment.contracts.claimCourt, abi: claimCourtAbi }) as const;

/** The events that began claims, the oldest first; of one claim with its id. */
export async function claimsBegun(chain: Chain, claimId?: Hex) {
  const { publicClient, deployment } = chain;
  const toBlock = await publicClient.getBlockNumber();
  const of = { ...claimsAt(chain), strict: true, ...(claimId ? { args: { claimId } } : {}) } as const;
  return readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock,
    read: async (range) => {
      const [unpaid, disguised] = await Promise.all([
        publicClient.getContractEvents({ ...of, ...range, eventName: 'UnpaidUseClaimed' }),
        publicClient.getContractEvents({ ...of, ...range, eventName: 'DisguisedUseClaimed' }),
      ]);
      return [...unpaid, ...disguised].toSorted((a, b) => Number(a.blockNumber - b.blockNumber));
    },
  });
}

export type ClaimBegun = Awaited<ReturnType<typeof claimsBegun>>[number];

/** The event that began a claim. Throws NOT_FOUND. */
export async function claimBegun(chain: Chain, claimId: Hex): Promise<ClaimBegun> {
  const [begun] = await claimsBegun(chain, claimId);
  if (begun) return begun;
  throw new OmlError('NOT_FOUND', `There is no claim ${claimId}: oml claim list shows those that there are.`);
}

/** What people and programs are shown of a claim. */
export async function viewClaim(chain: Chain, begun: ClaimBegun) {
  const { claimId, claimant, account } = begun.args;
  const claim = await chain.publicClient.readContract({ ...claimsAt(chain), functionName: 'claim', args: [claimId] });
  return {
    claimId,
    state: CLAIM_STATES[claim.state]!,
    offence: OFFENCES[claim.offence]!,
    claimant,
    account,
    answerBy: claim.answerBy === 0 ? null : new Date(claim.answerBy * 1_000).toISOString(),
    bond: claim.bond,
    reach: claim.reach,
    ...(begun.eventName === 'UnpaidUseClaimed'
      ? { modelId: begun.args.use.modelId, vault: begun.args.use.vault, receipts: begun.args.receipts }
      : { modelId: begun.args.batch.modelId, batch: begun.args.batch }),
  };
}
