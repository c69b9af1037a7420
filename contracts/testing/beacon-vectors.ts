import { beaconProof, beaconSignature, beaconValue, QUICKNET } from '@oml/protocol/evidence/beacon';
import { concatHex, keccak256, numberToHex, toHex, type Hex } from 'viem';
import { curves, drandKey, uncompressG2 } from './drand-key.ts';

/** Round and signature as published. */
const PUBLISHED: readonly (readonly [round: bigint, signature: Hex])[] = [
  [123n, '0xb75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92'],
  [1000n, '0xb44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39'],
];
/** drand's chain for tests, quicknet-t, and its first round as published. */
const TESTNET = {
  key: '0xb15b65b46fb29104f6a4b5d1e11a8da6344463973d423661bb0804846a0ecd1ef93c25057f1c0baab2ac53e56c662b66072f6d84ee791a3382bfb055afab1e6a375538d8ffc451104ac971d2dc9b168e2d3246b0be2015969cbaac298f6502da',
  genesis: '1689232296',
  round: 1n,
  signature: '0x81d347e1c4be0e4277112de281d3a52aa1190bbd2f0ad7954e22799d168e61b60b4a0c46fc5a2777963cb739a0243e21',
} as const;

const MOST_ROUND = 2n ** 64n - 1n;
const RANDOM_ROUNDS = 24;

/** drand's published rounds, rounds of a chain of our own, and points that no signature is. */
export function beaconVectors() {
  const own = drandKey(toHex('a key that everybody knows'));
  const edges = [1n, 2n, 255n, 256n, 2n ** 32n, 2n ** 63n, MOST_ROUND];
  const random = Array.from({ length: RANDOM_ROUNDS }, (_, i) => BigInt(keccak256(toHex(`round ${i}`))) % MOST_ROUND);
  return {
    quicknet: {
      key: uncompressG2(QUICKNET.key),
      genesis: String(QUICKNET.genesis),
      period: String(QUICKNET.period),
      rounds: PUBLISHED.map(([round, signature]) => roundVector(round, signature)),
    },
    testnet: {
      key: uncompressG2(TESTNET.key),
      genesis: TESTNET.genesis,
      ...roundVector(TESTNET.round, TESTNET.signature),
    },
    own: {
      key: own.publicKey,
      secret: numberToHex(own.secret, { size: 32 }),
      rounds: [...edges, ...random].map((round) => roundVector(round, own.sign(round))),
    },
    outsideTheSubgroup: outsideTheSubgroup(),
  };
}

function roundVector(round: bigint, signature: Hex) {
  const proof = beaconProof(signature)!;
  return { round: String(round), signature: beaconSignature(proof), proof, value: beaconValue(signature) };
}

/** The first point of the curve, by x, whose order is not that of G1. */
function outsideTheSubgroup(): Hex {
  for (let x = 1n; ; x++) {
    const proof = beaconProof(numberToHex(x | (1n << 383n), { size: 48 }));
    if (!proof) continue;
    const y = BigInt(`0x${proof.slice(2 + 128)}`);
    if (!curves.G1.ProjectivePoint.fromAffine({ x, y }).isTorsionFree())
      return concatHex([numberToHex(x, { size: 64 }), numberToHex(y, { size: 64 })]);
  }
}
