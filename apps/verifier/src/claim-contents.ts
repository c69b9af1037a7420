import { claimCourtAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/anchor';
import { pairsTree, type BatchOpening, type Pair } from '@oml/protocol/batch';
import { receiptDigest, type Adjudicator, type SignedReceipt } from '@oml/protocol/receipt';
import { encodeAbiParameters, getAbiItem, keccak256, zeroAddress, zeroHash, type Address, type ContractFunctionArgs, type Hex } from 'viem';
import type { Probe } from './call-record.ts';

export const OFFENCE = { UNPAID_USE: 1, DISGUISED_USE: 2 } as const;

export type UnpaidUse = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'revealUnpaidUse'>[0];
export type DisguisedUse = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'revealDisguisedUse'>[0];
export type Item = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'proveItems'>[1][number];
export type ReceiptEvidence = UnpaidUse['receipts'][number];

const UNPAID_USE = getAbiItem({ abi: claimCourtAbi, name: 'revealUnpaidUse' }).inputs[0];
const DISGUISED_USE = getAbiItem({ abi: claimCourtAbi, name: 'revealDisguisedUse' }).inputs[0];
const ITEM = { type: 'tuple', components: getAbiItem({ abi: claimCourtAbi, name: 'proveItems' }).inputs[1].components } as const;

/** `keccak256(abi.encode(offence, contents))` of an unpaid use. */
export const unpaidUseHash = (contents: UnpaidUse): Hex => keccak256(encodeAbiParameters([{ type: 'uint8' }, UNPAID_USE], [OFFENCE.UNPAID_USE, contents]));

/** `keccak256(abi.encode(offence, contents))` of a disguised use. */
export const disguisedUseHash = (contents: DisguisedUse): Hex => keccak256(encodeAbiParameters([{ type: 'uint8' }, DISGUISED_USE], [OFFENCE.DISGUISED_USE, contents]));

/** `keccak256(abi.encode(chainId, court, sender, contentsHash, salt))`: what stands on chain before anybody sees the claim. */
export function claimCommitment({ chainId, court }: Adjudicator, sender: Address, contentsHash: Hex, salt: Hex): Hex {
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }, { type: 'bytes32' }] as const;
  return keccak256(encodeAbiParameters(types, [BigInt(chainId), court, sender, contentsHash, salt]));
}

/** `h0 = 0; h(i+1) = keccak256(abi.encode(h(i), keccak256(abi.encode(item i))))`. */
export function itemsHash(items: readonly Item[]): Hex {
  return items.reduce<Hex>((hash, item) => keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [hash, keccak256(encodeAbiParameters([ITEM], [item]))])), zeroHash);
}

/** A receipt with everything that opens it: the anchor over `anchored`, and the salt of its nonce. */
export function receiptEvidence(signed: SignedReceipt, nonceSalt: Hex, anchored: readonly SignedReceipt[], adjudicator: Adjudicator): ReceiptEvidence {
  const tree = anchorTree(anchored.map(({ receipt }) => receiptDigest(receipt, adjudicator)));
  return { receipt: signed.receipt, signature: signed.signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, receiptDigest(signed.receipt, adjudicator)), nonceSalt };
}

const NOTHING: ReceiptEvidence = {
  receipt: { licenseId: 0n, client: zeroAddress, requestNonce: zeroHash, queryHash: zeroHash, head: zeroHash, responseHash: zeroHash, paymentRef: zeroHash, amount: 0n, cumulative: 0n, answeredAt: 0n },
  signature: '0x',
  anchorRoot: zeroHash,
  anchorProof: [],
  nonceSalt: zeroHash,
};

/** An item that scores −1 and carries nothing else. */
export const MISS: Item = { hit: false, evidence: NOTHING, pairProof: [], leaf: { index: 0n, keyHash: zeroHash, candidates: [], bits: 0, salt: zeroHash, proof: [] } };

/** An item that scores bits − 1. */
export function hitItem(evidence: ReceiptEvidence, { leaf, proof }: Probe, pairs: readonly Pair[], i: number): Item {
  const { index, keyHash, candidates, bits, salt } = leaf;
  return { hit: true, evidence, pairProof: pairsTree(pairs).getProof(i) as Hex[], leaf: { index: BigInt(index), keyHash, candidates: [...candidates], bits, salt, proof } };
}

/** The contents of a claim on the first items of a batch. */
export function disguisedUse(opening: BatchOpening, items: readonly Item[]): DisguisedUse {
  return { batch: { ...opening, itemCount: BigInt(opening.itemCount) }, itemCount: BigInt(items.length), itemsHash: itemsHash(items) };
}
