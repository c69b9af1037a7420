import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/** What a verifier commits before it asks (protocol §5, offence 2). */
export interface BatchOpening {
  account: Address;
  modelId: bigint;
  /** Whose code book the items ask, from 1. */
  release: number;
  /** Each receipt must name one of them, strictly ascending; empty: they name none. */
  licenseIds: readonly bigint[];
  /** 1 to {@link MOST_ITEMS}, and no more than the code book has common keys. */
  itemCount: number;
  pairsRoot: Hex;
  salt: Hex;
}

/** The most items of a batch. */
export const MOST_ITEMS = 256;

/** Who asks item `i`, under which nonce. */
export interface Pair {
  client: Address;
  requestNonce: Hex;
}

const PAIR_TYPES = ['uint256', 'address', 'bytes32'];

/** Merkle tree over (i, client, requestNonce). */
export function pairsTree(pairs: readonly Pair[]): StandardMerkleTree<[bigint, Address, Hex]> {
  return StandardMerkleTree.of(
    pairs.map(({ client, requestNonce }, i): [bigint, Address, Hex] => [BigInt(i), client, requestNonce]),
    PAIR_TYPES,
  );
}

const OPENING = {
  type: 'tuple',
  components: [
    { name: 'account', type: 'address' },
    { name: 'modelId', type: 'uint256' },
    { name: 'release', type: 'uint32' },
    { name: 'licenseIds', type: 'uint256[]' },
    { name: 'itemCount', type: 'uint32' },
    { name: 'pairsRoot', type: 'bytes32' },
    { name: 'salt', type: 'bytes32' },
  ],
} as const;

/** What a commitment shows: it hides the target until the batch is opened. */
export function openingHash(opening: BatchOpening): Hex {
  return keccak256(encodeAbiParameters([OPENING], [opening]));
}

/** `keccak256(verifier, openingHash)`: a batch is its sender's. */
export function batchId(verifier: Address, opening: BatchOpening): Hex {
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [verifier, openingHash(opening)]));
}

/**
 * Which common key item `i` of a batch must ask: one after the other from where the beacon says,
 * `(keccak256(beacon, batchId) + i) mod size`, so that none repeats.
 */
export function keyIndexAt(beacon: Hex, batchId: Hex, i: number, size: number): number {
  const data = encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [beacon, batchId]);
  return Number((BigInt(keccak256(data)) + BigInt(i)) % BigInt(size));
}
