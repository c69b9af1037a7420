import { claimCourtAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { pairsTree, type Pair } from '@oml/protocol/evidence/batch';
import { packCandidates } from '@oml/protocol/evidence/candidate';
import { receiptDigest, type Adjudicator, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { ContractFunctionArgs, Hex } from 'viem';
import type { Probe } from './call-record.ts';

export type ReceiptEvidence = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'revealUnpaidUse'>[0][number];
/** An item of a batch that was answered as the model answers. */
export type Hit = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'proveItems'>[2][number];

/** A receipt with everything that opens it: the anchor over `anchored`, and the salt of its nonce. */
export function receiptEvidence(
  signed: SignedReceipt,
  nonceSalt: Hex,
  anchored: readonly SignedReceipt[],
  adjudicator: Adjudicator,
): ReceiptEvidence {
  const tree = anchorTree(anchored.map(({ receipt }) => receiptDigest(receipt, adjudicator)));
  const { receipt, signature } = signed;
  return {
    signed: {
      receipt,
      signature,
      anchorRoot: tree.root as Hex,
      anchorProof: anchorProof(tree, receiptDigest(receipt, adjudicator)),
    },
    nonceSalt,
  };
}

/** Item `i` of a batch as evidence. Which key it asked follows from the draw. */
export function hitItem(evidence: ReceiptEvidence, { leaf, proof }: Probe, pairs: readonly Pair[], i: number): Hit {
  return {
    index: BigInt(i),
    evidence,
    pairProof: pairsTree(pairs).getProof(i) as Hex[],
    leaf: { candidates: packCandidates(leaf.candidates), salt: leaf.salt, proof },
  };
}
