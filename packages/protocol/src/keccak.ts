import { keccak256 as plain, type Hex } from 'viem';

export type Keccak = (bytes: Uint8Array) => Hex;

let hash: Keccak = plain;

/** keccak256 of some bytes. */
export const keccak: Keccak = (bytes) => hash(bytes);

/**
 * From now on the whole process works its digests out in another way: plain JavaScript is slow, and a server may bring
 * something better. It must give what viem gives.
 */
export function useKeccak(faster: Keccak): void {
  hash = faster;
}
