import { claimCourtAbi, parametersAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { CLAIM_STATE, isOpenClaim } from '@oml/protocol/chain/claim-state';
import { claimCommitment } from '@oml/protocol/evidence/claim';
import { decodeRevert, type Chain } from '@oml/service/chain';
import type { Abi, Hex } from 'viem';
import { claimBondOf } from './claim-bond.ts';
import type { ClaimCall } from './claim-call.ts';
import { sendUnless } from './send-unless.ts';

/**
 * The claim court as a claimant uses it. A claim is known by the digests of the receipts it accuses, or by its batch.
 * Every write looks first, so that doing it again after a crash neither repeats nor loses a claim.
 */
export type Court = ReturnType<typeof courtOf>;

export function courtOf(chain: Chain, me: Hex) {
  const { publicClient, deployment } = chain;
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const logs = courtLogs(chain, me);
  const posting = claimBondOf(chain, me);

  const values = () =>
    publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'values',
    });
  const claim = (claimId: Hex) => publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
  /** In Unix seconds; 0 where it never was. */
  const anchoredAt = async (root: Hex) =>
    BigInt(await publicClient.readContract({ ...court, functionName: 'anchoredAt', args: [root] }));
  const isOpen = async (claimId: Hex) => isOpenClaim((await claim(claimId)).state);

  async function whyRefused(reveal: ClaimCall): Promise<string | undefined> {
    const abi: Abi = claimCourtAbi;
    return publicClient.simulateContract({ ...reveal, address: court.address, abi, account: me }).then(
      () => undefined,
      (error: unknown) => decodeRevert(error)?.errorName,
    );
  }

  return {
    values,
    claim,

    /** What a claim of the batch with this number must score. */
    scoreNeeded: (modelId: bigint, release: number, batchNumber: bigint): Promise<bigint> =>
      publicClient.readContract({ ...court, functionName: 'scoreNeeded', args: [modelId, release, batchNumber] }),

    /** What is known of a claim of disguised use beyond that. */
    proof: (claimId: Hex) => publicClient.readContract({ ...court, functionName: 'proof', args: [claimId] }),

    /** Time of the latest block, in Unix seconds: the only clock that the contracts know. */
    now: async (): Promise<bigint> => (await publicClient.getBlock()).timestamp,

    anchoredAt,

    anchor: (root: Hex): Promise<Hex | undefined> =>
      sendUnless(chain, async () => (await anchoredAt(root)) !== 0n, {
        ...court,
        functionName: 'anchor',
        args: [root],
      }),

    commitmentOf(contentsHash: Hex, salt: Hex): Hex {
      const { chainId, contracts } = deployment;
      return claimCommitment({ chainId, court: contracts.claimCourt, claimant: me, contentsHash, salt });
    },

    /** Commits a claim; resolves to the block it stands in. */
    commit: (commitment: Hex, sinceBlock: bigint): Promise<{ block: bigint; tx: Hex }> =>
      sendOnce({
        alreadyDone: () => logs.committed(commitment, sinceBlock),
        send: () => chain.send({ ...court, functionName: 'commitClaim', args: [commitment] }),
      }),

    /** Reveals a committed claim and posts its bond; nothing where an earlier run revealed it. */
    reveal: (claimId: Hex, reveal: ClaimCall, sinceBlock: bigint): Promise<Hex> =>
      sendOnce({
        async alreadyDone() {
          const { state } = await claim(claimId);
          return state === CLAIM_STATE.NONE ? undefined : logs.revealed(claimId, sinceBlock);
        },
        send: () => posting(() => chain.send({ ...court, ...reveal })),
      }),

    /** Reveals without simulating: the transaction lands on chain even if the court refuses it. */
    revealAnyway: (reveal: ClaimCall): Promise<{ tx: Hex; isRefused: boolean; why?: string }> =>
      posting(async () => {
        const why = await whyRefused(reveal);
        const { transactionHash, status } = await chain.send({ ...court, ...reveal }, { force: true });
        return { tx: transactionHash, isRefused: status === 'reverted', ...(why ? { why } : {}) };
      }),

    /** The next step of a claim of ours. */
    send: async (call: ClaimCall): Promise<Hex> => (await chain.send({ ...court, ...call })).transactionHash,

    /** Ends a claim, unless somebody did so before; the hash is that of the end. */
    async finalise(claimId: Hex, end: ClaimCall, sinceBlock: bigint): Promise<Hex | undefined> {
      await sendOnce({
        alreadyDone: async () => !(await isOpen(claimId)) || undefined,
        send: () => chain.send({ ...court, ...end }),
      });
      return logs.finalised(claimId, sinceBlock);
    },
  };
}

/** Transactions of ours, found by their events from a block on. */
function courtLogs({ publicClient, deployment }: Chain, me: Hex) {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi, strict: true } as const;
  const newest = async <Log>(fromBlock: bigint, read: (range: BlockRange) => Promise<Log[]>) =>
    (await readLogs({ fromBlock, toBlock: await publicClient.getBlockNumber(), read })).at(-1);
  return {
    async committed(commitment: Hex, sinceBlock: bigint): Promise<{ block: bigint; tx: Hex } | undefined> {
      const log = await newest(sinceBlock, (range) =>
        publicClient.getContractEvents({
          ...court,
          ...range,
          eventName: 'ClaimCommitted',
          args: { commitment, claimant: me },
        }),
      );
      return log && { block: log.blockNumber, tx: log.transactionHash };
    },

    async revealed(claimId: Hex, sinceBlock: bigint): Promise<Hex | undefined> {
      const log = await newest(sinceBlock, async (range) => {
        const claimed = { ...court, ...range, args: { claimId } };
        const [unpaid, disguised] = await Promise.all([
          publicClient.getContractEvents({ ...claimed, eventName: 'UnpaidUseClaimed' }),
          publicClient.getContractEvents({ ...claimed, eventName: 'DisguisedUseClaimed' }),
        ]);
        return [...unpaid, ...disguised];
      });
      return log?.transactionHash;
    },

    async finalised(claimId: Hex, sinceBlock: bigint): Promise<Hex | undefined> {
      const log = await newest(sinceBlock, (range) =>
        publicClient.getContractEvents({ ...court, ...range, eventName: 'ClaimFinalised', args: { claimId } }),
      );
      return log?.transactionHash;
    },
  };
}
