import { createRequire } from 'node:module';
import { concatHex, numberToHex, sha256, sliceHex, type Hex } from 'viem';

/** The part of `@noble/curves/bls12-381` that is asked for; its own types come with a package that we don't depend on. */
interface Curves {
  fields: { Fp: { ORDER: bigint }; Fr: { ORDER: bigint } };
  G1: {
    ProjectivePoint: PointClass<bigint>;
    hashToCurve(message: Uint8Array, options: { DST: string }): Point<bigint>;
  };
  G2: { ProjectivePoint: PointClass<{ c0: bigint; c1: bigint }> };
}
interface PointClass<Coordinate> {
  BASE: Point<Coordinate>;
  ZERO: Point<Coordinate>;
  fromHex(hex: string): Point<Coordinate>;
  fromAffine(point: { x: Coordinate; y: Coordinate }): Point<Coordinate>;
}
interface Point<Coordinate> {
  multiply(scalar: bigint): Point<Coordinate>;
  toAffine(): { x: Coordinate; y: Coordinate };
  toHex(compressed: boolean): string;
  isTorsionFree(): boolean;
}

/** An implementation of the curve that shares nothing with ours: the one that viem carries. */
const require = createRequire(createRequire(import.meta.url).resolve('viem'));
export const { bls12_381: curves } = require('@noble/curves/bls12-381') as { bls12_381: Curves };

const DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

export interface DrandKey {
  secret: bigint;
  /** As EIP-2537 writes a point of G2. */
  publicKey: Hex;
  /** The compressed signature of a round. */
  sign(round: bigint): Hex;
}

/** Signs rounds as a drand chain of one node would. */
export function drandKey(seed: Hex): DrandKey {
  const secret = BigInt(sha256(seed)) % curves.fields.Fr.ORDER;
  return {
    secret,
    publicKey: uncompressG2(`0x${curves.G2.ProjectivePoint.BASE.multiply(secret).toHex(true)}`),
    sign: (round) => `0x${hashOf(round).multiply(secret).toHex(true)}`,
  };
}

/** The message of a round as a point of G1. */
export function hashOf(round: bigint): Point<bigint> {
  return curves.G1.hashToCurve(sha256(numberToHex(round, { size: 8 }), 'bytes'), { DST });
}

/** A compressed point of G2 as EIP-2537 writes it. */
export function uncompressG2(compressed: Hex): Hex {
  const { x, y } = curves.G2.ProjectivePoint.fromHex(compressed.slice(2)).toAffine();
  return concatHex([x.c0, x.c1, y.c0, y.c1].map((coordinate) => numberToHex(coordinate, { size: 64 })));
}

type Words = readonly [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

/** A point of G2 as the contract's constructor takes it. */
export function wordsOf(point: Hex): Words {
  return Array.from({ length: 8 }, (_, i) => sliceHex(point, 32 * i, 32 * (i + 1))) as unknown as Words;
}
