import { concatHex, hexToBigInt, numberToHex, sha256, size, sliceHex, type Hex } from 'viem';

// A round of drand as the contract takes it (`contracts/src/beacon/DrandBeacon.sol`). Whether a signature is the
// right one only the contract says: here it is read, not verified.

/** A chain of scheme `bls-unchained-g1-rfc9380`; its key is a compressed point of G2. */
export interface DrandChain {
  /** Names the chain in the address of every relay. */
  hash: Hex;
  key: Hex;
  /** Seconds. */
  genesis: bigint;
  period: bigint;
}

/** drand's quicknet: what every chain but the dev chain takes its beacons from. */
export const QUICKNET: DrandChain = {
  hash: '0x52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  key: '0x83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  genesis: 1692803367n,
  period: 3n,
};

/** Bytes of a compressed point of G1. */
const COMPRESSED = 48;
/** The modulus of BLS12-381's field. */
const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const [IS_COMPRESSED, IS_INFINITY, HAS_LARGER_Y] = [1n << 383n, 1n << 382n, 1n << 381n];

/** The value of a round: sha256 of its compressed signature. */
export function beaconValue(signature: Hex): Hex {
  return sha256(signature);
}

/**
 * What the contract asks for: a compressed signature of 48 bytes as two coordinates of 64 bytes (EIP-2537). Undefined
 * where the signature is no point of the curve, or infinity, or is written in another way.
 */
export function beaconProof(signature: Hex): Hex | undefined {
  if (size(signature) !== COMPRESSED) return undefined;
  const bits = hexToBigInt(signature);
  const x = bits & (HAS_LARGER_Y - 1n);
  if (!(bits & IS_COMPRESSED) || bits & IS_INFINITY || x >= P) return undefined;
  const square = (x ** 3n + 4n) % P;
  const root = power(square, (P + 1n) / 4n); // p mod 4 = 3
  if ((root * root) % P !== square) return undefined;
  const isLarger = root > (P - 1n) / 2n;
  const y = isLarger === Boolean(bits & HAS_LARGER_Y) ? root : P - root;
  return concatHex([coordinate(x), coordinate(y)]);
}

/** The compressed signature that a proof carries: what its value is the hash of. */
export function beaconSignature(proof: Hex): Hex {
  const [x, y] = [hexToBigInt(sliceHex(proof, 0, 64)), hexToBigInt(sliceHex(proof, 64, 128))];
  return numberToHex(x | IS_COMPRESSED | (y > (P - 1n) / 2n ? HAS_LARGER_Y : 0n), { size: COMPRESSED });
}

const coordinate = (n: bigint): Hex => numberToHex(n, { size: 64 });

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base, exponent]; rest > 0n; square = (square * square) % P, rest >>= 1n)
    if (rest & 1n) result = (result * square) % P;
  return result;
}
