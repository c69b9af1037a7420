import fc from 'fast-check';
import { headOf } from '@oml/protocol/evidence/head';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
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
const expectation = fc
  .record({
    licenseId: amount,
    client,
    requestNonce: word,
    queryHash: word,
    completion: fc.string(),
    paymentRef: word,
    amount,
    cumulative: amount,
    askedAt: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
    lasted: fc.nat(100),
  })
  .map(({ lasted, ...expected }) => ({ ...expected, answeredBy: expected.askedAt + lasted }));

type Exact = Expected & { requestNonce: Hex };
const fitting = ({ completion, askedAt, answeredBy: _, ...expected }: Exact): Receipt => ({
  ...expected,
  head: headOf(completion),
  responseHash: keccak256(stringToBytes(completion)),
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

  it('may say less than was allowed, on top of the same total, where the host meters', () => {
    fc.assert(
      fc.property(
        expectation,
        fc.bigInt({ min: 1n, max: 10n ** 18n }),
        fc.bigInt({ min: 1n, max: 9n }),
        (expected, part, off) => {
          const amount = (part % expected.amount) + 1n;
          const allowed = { ...expected, cumulative: expected.amount + expected.cumulative, mayBeLess: true };
          const cumulative = allowed.cumulative - allowed.amount + amount;
          const receipt = { ...fitting(allowed), amount, cumulative };
          expect(mismatches(receipt, allowed)).toEqual([]);
          expect(mismatches({ ...receipt, cumulative: cumulative + off }, allowed)).toEqual(['cumulative']);
          expect(mismatches({ ...receipt, amount: 0n }, allowed)).toContain('amount');
          expect(mismatches({ ...receipt, amount: allowed.amount + off }, allowed)).toContain('amount');
          const free = { ...allowed, requestNonce: undefined };
          const unclaimable = { ...receipt, requestNonce: unclaimableNonce(receipt.paymentRef, cumulative) };
          expect(mismatches(unclaimable, free)).toEqual([]);
        },
      ),
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
