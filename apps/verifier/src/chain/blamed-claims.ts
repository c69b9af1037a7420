import {
  blamesAbi,
  claimCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { itemAnswer } from '@oml/protocol/evidence/answer';
import { batchId, type BatchOpening } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { decodeFunctionData, type Hex } from 'viem';

/** A hit of a claim as the chain knows it. */
export interface CountedHit {
  /** Of its receipt. */
  digest: Hex;
  /** What the model answers, where the claim's call shows it: one that came through another contract does not. */
  answer: Hex | undefined;
}

/** What the chain says about the hits of a blamed claim, and the editions that they name. */
export type BlamedClaims = ReturnType<typeof blamedClaimsOf>;

export function blamedClaimsOf({ publicClient, deployment }: Chain) {
  const { contracts, deployedAtBlock } = deployment;
  const court = { address: contracts.claimCourt, abi: claimCourtAbi } as const;
  const all = async <Log>(read: (range: BlockRange) => Promise<Log[]>): Promise<Log[]> =>
    readLogs({ fromBlock: BigInt(deployedAtBlock), toBlock: await publicClient.getBlockNumber(), read });

  /** By the call that showed them, in its order; none where it is another call. */
  async function answersIn(tx: Hex, claimId: Hex): Promise<(Hex | undefined)[]> {
    const { from, input } = await publicClient.getTransaction({ hash: tx });
    const call = proveItemsIn(input);
    if (!call || batchId(from, call.opening) !== claimId) return [];
    const book = await drawnBook(claimId, call.opening);
    return call.hits.map(
      ({ index, evidence: { signed }, leaf }) =>
        itemAnswer(book, { i: Number(index), keyHash: signed.receipt.queryHash, ...leaf })?.answer,
    );
  }

  async function drawnBook(claimId: Hex, { modelId, release }: BatchOpening) {
    const [[batchBeacon], [root, beacon, commonSize, bits]] = await Promise.all([
      publicClient.readContract({
        address: contracts.verifierRegistry,
        abi: verifierRegistryAbi,
        functionName: 'drawOf',
        args: [claimId],
      }),
      publicClient.readContract({
        address: contracts.modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'codeBookOf',
        args: [modelId, release],
      }),
    ]);
    return { batchId: claimId, batchBeacon, root, beacon, commonSize, bits };
  }

  return {
    /** In the order in which the court counted them. */
    async hitsOf(claimId: Hex): Promise<CountedHit[]> {
      const proven = { ...court, eventName: 'ItemsProven', args: { claimId }, strict: true } as const;
      const logs = await all((range) => publicClient.getContractEvents({ ...proven, ...range }));
      const parts = await Promise.all(
        logs.map(async ({ args: { digests }, transactionHash }) => {
          const answers = await answersIn(transactionHash, claimId);
          const isWhole = answers.length === digests.length;
          return digests.map((digest, i) => ({ digest, answer: isWhole ? answers[i] : undefined }));
        }),
      );
      return parts.flat();
    },

    /** The release that a license had activated at a time (Unix s), or first; undefined where it had none. */
    async releaseAt(licenseId: bigint, time: bigint): Promise<number | undefined> {
      const activated = {
        address: contracts.licenseRegistry,
        abi: licenseRegistryAbi,
        eventName: 'LicenseActivated',
        args: { licenseId },
        strict: true,
      } as const;
      const logs = await all((range) => publicClient.getContractEvents({ ...activated, ...range }));
      const releases = await Promise.all(
        logs.map(async ({ blockNumber, args: { release } }) => {
          const { timestamp } = await publicClient.getBlock({ blockNumber });
          return { release, timestamp };
        }),
      );
      return (releases.findLast(({ timestamp }) => timestamp <= time) ?? releases[0])?.release;
    },

    /** SHA-256 of the file of an edition; all zeros where none is recorded. */
    fileDigestOf: (licenseId: bigint, release: number): Promise<Hex> =>
      publicClient.readContract({
        address: contracts.blames,
        abi: blamesAbi,
        functionName: 'fileDigestOf',
        args: [licenseId, release],
      }),
  };
}

function proveItemsIn(data: Hex) {
  try {
    const call = decodeFunctionData({ abi: claimCourtAbi, data });
    return call.functionName === 'proveItems' ? { opening: call.args[0], hits: call.args[2] } : undefined;
  } catch {
    return undefined;
  }
}
