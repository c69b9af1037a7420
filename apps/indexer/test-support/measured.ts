import { claimCourtAbi } from '@oml/contracts/abis';
import { measurementDigest, measurementRoot, signMeasurement } from '@oml/protocol/signed/measurement';
import { carriedBytes, measurementSchema, type SignedMeasurement } from '@oml/protocol/wire/measurement';
import type { Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import type { InstantChain } from './instant-chain.ts';

export const adjudicatorOf = ({ deployment }: InstantChain) => ({
  chainId: 31_337,
  court: deployment.contracts.claimCourt,
});

/** A measurement of a release that somebody stands for. */
export function measuredBy(
  chain: InstantChain,
  by: HDAccount,
  release: Hex,
  value: number,
): Promise<SignedMeasurement> {
  const measurement = measurementSchema.parse({
    format: 'oml-measurement-1',
    method: { name: 'calibration', version: 1 },
    release,
    target: 'file',
    data: { name: 'heldout', digest: `0x${'d1'.repeat(32)}` },
    settings: { bins: 15 },
    figures: [{ name: 'ece', value, low: value - 0.001, high: value + 0.001 }],
    command: 'npx oml measure calibration models/digits --data heldout',
    measuredAt: 1_800_000_000,
  });
  return signMeasurement(measurement, by, adjudicatorOf(chain));
}

/** Anchors a measurement, or another root, and carries it in the same transaction. */
export async function anchorMeasured(
  chain: InstantChain,
  from: HDAccount,
  carried: SignedMeasurement,
  root = measurementRoot(measurementDigest(carried, adjudicatorOf(chain))),
): Promise<void> {
  const court = { address: adjudicatorOf(chain).court, abi: claimCourtAbi, functionName: 'anchor', args: [root] };
  await chain.send(from, { ...court, dataSuffix: carriedBytes(carried) });
}
