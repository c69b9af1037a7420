import { numberToHex, sliceHex, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { drandRound, drandRoundUrl } from '../wire/drand-round.ts';
import { beaconProof, beaconSignature, beaconValue, QUICKNET } from './beacon.ts';

/** Round 1000 as quicknet published it; `contracts/test/vectors.json` binds more rounds to what the contract does. */
const ROUND_1000 = {
  round: 1000,
  randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
  signature: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
};
const P = '1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab';

describe('a round of drand', () => {
  it('is read as relays serve it', () => {
    const { round, signature } = drandRound.parse(ROUND_1000);
    expect(round).toBe(1000);
    expect(beaconValue(signature)).toBe(`0x${ROUND_1000.randomness}`);
    expect(drandRoundUrl('https://relay.example', QUICKNET.hash, 1000n)).toBe(
      'https://relay.example/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/1000',
    );
  });

  it('is refused without a signature of 48 bytes or a number', () => {
    for (const wrong of [
      { round: 1000 },
      { ...ROUND_1000, signature: `0x${ROUND_1000.signature}` },
      { ...ROUND_1000, signature: ROUND_1000.signature.slice(2) },
      { ...ROUND_1000, round: '1000' },
      { ...ROUND_1000, round: 0 },
    ])
      expect(drandRound.safeParse(wrong).success).toBe(false);
  });

  it('is uncompressed to two coordinates, and back', () => {
    const signature = drandRound.parse(ROUND_1000).signature;
    const proof = beaconProof(signature)!;
    expect(sliceHex(proof, 16, 64)).toBe(`0x14${ROUND_1000.signature.slice(2)}`);
    expect(beaconSignature(proof)).toBe(signature);
    const negative = `0x94${ROUND_1000.signature.slice(2)}` as Hex;
    expect(beaconSignature(beaconProof(negative)!)).toBe(negative);
    expect(beaconProof(negative)).not.toBe(proof);
  });

  it('is no proof where it is no point, infinity, not compressed, or written past the modulus', () => {
    const offTheCurve = numberToHex((1n << 383n) + 1n, { size: 48 }); // 5 is no square
    const infinity = `0xc0${'00'.repeat(47)}` as Hex;
    const uncompressed = `0x14${ROUND_1000.signature.slice(2)}` as Hex;
    const pastTheModulus = `0x9a${P.slice(2)}` as Hex;
    for (const wrong of [offTheCurve, infinity, uncompressed, pastTheModulus, '0xb4'] as Hex[])
      expect(beaconProof(wrong), wrong).toBeUndefined();
  });
});
