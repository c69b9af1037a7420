import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';
import { OFFENCE } from '../chain/claim-state.ts';

const WORD = { type: 'bytes32' } as const;
const NUMBER = { type: 'uint256' } as const;

/** Contents of a claim of unpaid uses: the digests of its receipts, in order. */
export function unpaidUseHash(digests: readonly Hex[]): Hex {
  return keccak256(encodeAbiParameters([{ type: 'uint8' }, { type: 'bytes32[]' }], [OFFENCE.unpaidUse, digests]));
}

/** The claim on receipts with these digests: those that were late at its commitment, or an equivocation's two. */
export function claimIdOf(digests: readonly Hex[]): Hex {
  return digests.length === 1 ? digests[0]! : keccak256(encodeAbiParameters([{ type: 'bytes32[]' }], [digests]));
}

/**
 * Contents of a claim of equivocation: two receipts on one payment, of which the one with the larger digest is accused.
 */
export function equivocationHash(accused: Hex, witness: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: 'uint8' }, WORD, WORD], [OFFENCE.equivocation, accused, witness]));
}

/** Contents of a claim of disguised use: the first `itemCount` items of a batch. */
export function disguisedUseHash(batchId: Hex, itemCount: number): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'uint8' }, WORD, { type: 'uint32' }], [OFFENCE.disguisedUse, batchId, itemCount]),
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
