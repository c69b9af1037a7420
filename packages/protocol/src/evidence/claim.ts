import { encodeAbiParameters, keccak256, zeroHash, type Address, type Hex } from 'viem';
import { OFFENCE } from '../chain/claim-state.ts';

/**
 * What a claim remembers of a hit: its item, the digest of its receipt, and the key that it answers (the receipt's
 * `queryHash`).
 */
export interface HitRef {
  index: bigint;
  digest: Hex;
  keyHash: Hex;
}

const WORD = { type: 'bytes32' } as const;
const NUMBER = { type: 'uint256' } as const;

/** Contents of a claim of an unpaid use: one receipt. */
export function unpaidUseHash(digest: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'uint8' }, WORD], [OFFENCE.unpaidUse, digest]));
}

/**
 * Contents of a claim of equivocation: two receipts on one payment, of which the one with the larger digest is accused.
 */
export function equivocationHash(accused: Hex, witness: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'uint8' }, WORD, WORD], [OFFENCE.equivocation, accused, witness]));
}

/**
 * Contents of a claim of disguised use: the first `itemCount` items of a batch, and the hash of the hits among them.
 */
export function disguisedUseHash(batchId: Hex, itemCount: number, hits: Hex | readonly HitRef[]): Hex {
  const hash = typeof hits === 'string' ? hits : hitsHash(hits);
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint8' }, WORD, { type: 'uint32' }, WORD],
      [OFFENCE.disguisedUse, batchId, itemCount, hash],
    ),
  );
}

/** h(0) = 0, h(i+1) = keccak256(h(i), index, digest, keyHash), in the order of the items. */
export function hitsHash(hits: readonly HitRef[]): Hex {
  return hits.reduce<Hex>(
    (hash, { index, digest, keyHash }) =>
      keccak256(encodeAbiParameters([WORD, NUMBER, WORD, WORD], [hash, index, digest, keyHash])),
    zeroHash,
  );
}

/** What a claimant commits before it reveals: `keccak256(chain, court, sender, contents, salt)` (protocol §5). */
export function claimCommitment(claim: {
  chainId: number;
  court: Address;
  claimant: Address;
  contentsHash: Hex;
  salt: Hex;
}): Hex {
  const { chainId, court, claimant, contentsHash, salt } = claim;
  return keccak256(
    encodeAbiParameters(
      [NUMBER, { type: 'address' }, { type: 'address' }, WORD, WORD],
      [BigInt(chainId), court, claimant, contentsHash, salt],
    ),
  );
}
