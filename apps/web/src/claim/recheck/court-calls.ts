import { claimCourtAbi } from '@oml/contracts/abis';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { decodeFunctionData, type PublicClient } from 'viem';
import type { ShownClaim } from '#claim/shown-claim.ts';

type Told = Pick<ShownClaim, 'timeline'>;
type Reader = Pick<PublicClient, 'getTransaction'>;

/** What the court was called with where one of its events was logged, each transaction once. */
export async function courtCalls(publicClient: Reader, { timeline }: Told, event: string) {
  const hashes = new Set(timeline.flatMap(({ name, tx }) => (name === event ? [tx] : [])));
  return Promise.all(
    [...hashes].map(async (hash) =>
      decodeFunctionData({ abi: claimCourtAbi, data: (await publicClient.getTransaction({ hash })).input }),
    ),
  );
}

/** The batch of a claim of disguised use, as its claimant opened it. */
export async function openingOf(publicClient: Reader, claim: Told): Promise<BatchOpening> {
  const [reveal] = await courtCalls(publicClient, claim, 'DisguisedUseClaimed');
  if (reveal?.functionName !== 'revealDisguisedUse')
    throw new Error('The claim was revealed through another contract; its items are not in the call.');
  return reveal.args[0];
}
