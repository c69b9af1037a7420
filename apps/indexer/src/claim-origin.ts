import { claimCourtAbi } from '@oml/contracts/abis';
import type { Transaction } from '@oml/db/client';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { batchId } from '@oml/protocol/evidence/batch';
import { claimCommitment, disguisedUseHash, equivocationHash, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { decodeFunctionData, type Address, type Hex } from 'viem';
import type { CourtEvent } from './event.ts';

/**
 * Events before the reveal that belong to its claim: they carry no claim id, but the reveal's call data opens the
 * commitment and names anchors and batch. Empty where the reveal came through another contract.
 */
export async function priorEvents(
  tx: Transaction,
  event: CourtEvent,
  deployment: Deployment,
): Promise<{ blockNumber: bigint; logIndex: number }[]> {
  const { claimant } = await tx.claim.findUniqueOrThrow({
    where: { claimId: (event.args as { claimId: string }).claimId },
  });
  const topics = event.input ? namedTopics(event.input, claimant as Address, deployment) : [];
  if (topics.length === 0) return [];
  const events = await tx.event.findMany({
    where: {
      topic: { in: topics },
      name: { in: ['ReceiptsAnchored', 'ClaimCommitted', 'BatchCommitted', 'BatchDrawn'] },
    },
  });
  // Anyone may copy a commitment; only the claimant's own counts.
  return events.filter(
    ({ name, args }) => name !== 'ClaimCommitted' || (args as { claimant?: string }).claimant === claimant,
  );
}

function namedTopics(input: Hex, claimant: Address, { chainId, contracts }: Deployment): Hex[] {
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  const commitment = (contentsHash: Hex, salt: Hex) =>
    claimCommitment({ chainId, court: contracts.claimCourt, claimant, contentsHash, salt });
  const digest = (receipt: Receipt) => receiptDigest(receipt, { chainId, court: contracts.claimCourt });
  switch (functionName) {
    case 'revealUnpaidUse': {
      const [{ signed }, salt] = args;
      return [signed.anchorRoot, commitment(unpaidUseHash(digest(signed.receipt)), salt)];
    }
    case 'revealEquivocation': {
      const [{ signed: accused }, { signed: witness }, salt] = args;
      return [
        accused.anchorRoot,
        witness.anchorRoot,
        commitment(equivocationHash(digest(accused.receipt), digest(witness.receipt)), salt),
      ];
    }
    case 'revealDisguisedUse': {
      const [{ batch, itemCount, hitsHash }, salt] = args;
      const id = batchId(claimant, batch);
      return [id, commitment(disguisedUseHash(id, itemCount, hitsHash), salt)];
    }
    case 'proveItems':
      return args[2].map(({ evidence }) => evidence.signed.anchorRoot);
    default:
      return [];
  }
}
