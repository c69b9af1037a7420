import { claimCourtAbi } from '@oml/contracts/abis';
import type { CourtEvent } from '@oml/db/events';
import { batchId } from '@oml/protocol/evidence/batch';
import { claimCommitment, disguisedUseHash, equivocationHash, unpaidUseHash } from '@oml/protocol/evidence/claim';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { decodeFunctionData, type Address, type Hex } from 'viem';

/**
 * Topics of the events before this one that belong to its claim: they carry no claim id, but the call data of a reveal
 * opens the commitment and names anchors and batch, that of proofs names anchors. Empty for every other event.
 */
export function earlierTopics(event: CourtEvent, input: Hex, deployment: Deployment): Hex[] {
  switch (event.eventName) {
    case 'UnpaidUseClaimed':
    case 'DisguisedUseClaimed':
      return topicsOfReveal(input, event.args.claimant, deployment);
    case 'ItemsProven':
      return topicsOfProofs(input);
    default:
      return [];
  }
}

function topicsOfReveal(input: Hex, claimant: Address, { chainId, contracts }: Deployment): Hex[] {
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  const commitment = (contentsHash: Hex, salt: Hex) =>
    claimCommitment({ chainId, court: contracts.claimCourt, claimant, contentsHash, salt });
  const digest = (receipt: Receipt) => receiptDigest(receipt, { chainId, court: contracts.claimCourt });
  switch (functionName) {
    case 'revealUnpaidUse': {
      const [items, salt] = args;
      const digests = items.map(({ signed }) => digest(signed.receipt));
      return [...items.map(({ signed }) => signed.anchorRoot), commitment(unpaidUseHash(digests), salt)];
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
      const [batch, itemCount, salt] = args;
      const id = batchId(claimant, batch);
      return [id, commitment(disguisedUseHash(id, itemCount), salt)];
    }
    default:
      return [];
  }
}

function topicsOfProofs(input: Hex): Hex[] {
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  return functionName === 'proveItems' ? args[2].map(({ evidence }) => evidence.signed.anchorRoot) : [];
}
