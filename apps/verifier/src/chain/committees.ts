import { committeesAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { COMMITTEE_STATE } from '@oml/protocol/chain/report-state';
import { voteCommitment, type Vote } from '@oml/protocol/evidence/vote';
import type { Chain } from '@oml/service/chain';
import { zeroHash, type Address, type Hex } from 'viem';
import { sendUnless, unlessFaster } from './send-unless.ts';

/** Tickets that one transaction looks at. */
const LOOKS = 64n;

/** Committees as a juror uses them; every write looks first. */
export type Committees = ReturnType<typeof committeesOf>;

export function committeesOf(chain: Chain, me: Address) {
  const { publicClient, deployment } = chain;
  const at = { address: deployment.contracts.committees, abi: committeesAbi } as const;
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;

  const read = (id: bigint) => publicClient.readContract({ ...at, functionName: 'committee', args: [id] });
  const ballot = (id: bigint) => publicClient.readContract({ ...at, functionName: 'ballotOf', args: [id, me] });
  const owed = () => publicClient.readContract({ ...at, functionName: 'owed', args: [me] });
  const leftState = async (id: bigint, draw: number, state: number) => {
    const found = await read(id);
    return found.state !== state || found.draw !== draw;
  };

  return {
    read,
    owed,
    /** Mine, in the last draw. */
    ballot,
    tickets: () => publicClient.readContract({ ...registry, functionName: 'ticketsOf', args: [me] }),

    /** The chain's own time (Unix s). */
    now: async () => (await publicClient.getBlock()).timestamp,

    /** Looks at the next tickets of a draw. */
    draw: (id: bigint, draw: number) =>
      unlessFaster(
        sendUnless(chain, () => leftState(id, draw, COMMITTEE_STATE.DRAWING), {
          ...at,
          functionName: 'draw',
          args: [id, LOOKS],
        }),
      ),

    commit: (vote: Vote) =>
      sendUnless(chain, async () => (await ballot(vote.committeeId)).commitment !== zeroHash, {
        ...at,
        functionName: 'commitVote',
        args: [vote.committeeId, voteCommitment(vote, { chainId: deployment.chainId, committees: at.address })],
      }),

    reveal: ({ committeeId, vote, salt, evidenceHash }: Vote, evidenceUri: string) =>
      sendUnless(chain, async () => (await ballot(committeeId)).vote !== 0, {
        ...at,
        functionName: 'revealVote',
        args: [committeeId, vote, salt, evidenceHash, evidenceUri],
      }),

    count: (id: bigint, draw: number) =>
      unlessFaster(
        sendUnless(chain, () => leftState(id, draw, COMMITTEE_STATE.VOTING), {
          ...at,
          functionName: 'count',
          args: [id],
        }),
      ),

    withdraw: () =>
      sendUnless(chain, async () => (await owed()) === 0n, { ...at, functionName: 'withdraw', args: [me] }),

    enrol: (count: number): Promise<{ transactionHash: Hex }> =>
      chain.send({ ...registry, functionName: 'enrol', args: [count] }),

    /** Committees that were ever asked for, with the draw they are at: what has begun since the last look. */
    async summoned(fromBlock: bigint, toBlock: bigint) {
      const logs = await publicClient.getContractEvents({
        ...at,
        eventName: 'CommitteeSummoned',
        fromBlock,
        toBlock,
        strict: true,
      });
      return logs.map(({ args: { committeeId, draw }, blockNumber }) => ({ committeeId, draw, blockNumber }));
    },
  };
}
