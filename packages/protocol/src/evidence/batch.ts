import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/** What a verifier commits before it asks (protocol §5, offence 2). */
export interface BatchOpening {
  account: Address;
  modelId: bigint;
  /** Whose code book the items ask, from 1. */
  release: number;
  pairsRoot: Hex;
  itemCount: number;
  salt: Hex;
}

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

/**
 * `keccak256(verifier, account, modelId, release, pairsRoot, itemCount, salt)`: hides the target until the batch is
 * opened.
 */
export function batchId(verifier: Address, opening: BatchOpening): Hex {
  const { account, modelId, release, pairsRoot, itemCount, salt } = opening;
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'address' },
        { type: 'address' },
        { type: 'uint256' },
        { type: 'uint32' },
        { type: 'bytes32' },
        { type: 'uint32' },
        { type: 'bytes32' },
      ],
      [verifier, account, modelId, release, pairsRoot, itemCount, salt],
    ),
  );
}

/** Which common key item `i` of a batch must ask: `keccak256(beacon, batch, i) mod size` (protocol §5, offence 2). */
export function keyIndexAt(beacon: Hex, batchId: Hex, i: number, size: number): number {
  const data = encodeAbiParameters(
    [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }],
    [beacon, batchId, BigInt(i)],
  );
  return Number(BigInt(keccak256(data)) % BigInt(size));
}
