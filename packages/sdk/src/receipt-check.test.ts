import fc from 'fast-check';
import { headOf } from '@oml/protocol/evidence/head';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { getAddress, keccak256, stringToBytes, type Address, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { CLOCK_TOLERANCE_S, mismatches, type Expected } from './receipt-check.ts';

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}` as Hex);
const client = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => getAddress(`0x${Buffer.from(bytes).toString('hex')}`) as Address);
const amount = fc.bigInt({ min: 1n, max: 10n ** 18n });
const expectation: fc.Arbitrary<Expected> = fc
  .record({
    licenseId: amount,
    client,
    requestNonce: word,
    queryHash: word,
    completion: fc.string(),
    paymentRef: word,
    amount,
    askedAt: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
    lasted: fc.nat(100),
  })
  .map(({ lasted, ...expected }) => ({ ...expected, answeredBy: expected.askedAt + lasted }));

const fitting = ({ completion, askedAt, answeredBy: _, ...expected }: Expected): Receipt => ({
  ...expected,
  head: headOf(completion),
  responseHash: keccak256(stringToBytes(completion)),
  cumulative: expected.amount,
  answeredAt: BigInt(askedAt),
});

describe('a receipt', () => {
  it('fits the call it was made for', () => {
    fc.assert(
      fc.property(expectation, (expected) => {
        expect(mismatches(fitting(expected), expected)).toEqual([]);
      }),
    );
  });

  it('that differs in any one member is found to differ in that member', () => {
    const members = [
      'licenseId',
      'client',
      'requestNonce',
      'queryHash',
      'head',
      'responseHash',
      'paymentRef',
      'amount',
      'cumulative',
    ] as const;
    fc.assert(
      fc.property(expectation, fc.constantFrom(...members), word, (expected, member, other) => {
        const receipt = fitting(expected);
        const value =
          member === 'client'
            ? getAddress(other.slice(0, 42))
            : typeof receipt[member] === 'bigint'
              ? BigInt(other)
              : other;
        fc.pre(String(value).toLowerCase() !== String(receipt[member]).toLowerCase());
        expect(mismatches({ ...receipt, [member]: value }, expected)).toEqual([member]);
      }),
    );
  });

  it('may be two minutes off and no more', () => {
    fc.assert(
      fc.property(expectation, (expected) => {
        const at = (answeredAt: number) =>
          mismatches({ ...fitting(expected), answeredAt: BigInt(answeredAt) }, expected);
        expect(at(expected.askedAt - CLOCK_TOLERANCE_S)).toEqual([]);
        expect(at(expected.answeredBy + CLOCK_TOLERANCE_S)).toEqual([]);
        expect(at(expected.askedAt - CLOCK_TOLERANCE_S - 1)).toEqual(['answeredAt']);
        expect(at(expected.answeredBy + CLOCK_TOLERANCE_S + 1)).toEqual(['answeredAt']);
      }),
    );
  });

  it('is for the exact text: white space before it changes the hash, not the head', () => {
    fc.assert(
      fc.property(expectation, (expected) => {
        const spaced = { ...expected, completion: ` ${expected.completion}` };
        expect(mismatches(fitting(expected), spaced)).toEqual(['responseHash']);
      }),
    );
  });
});
