import { openStore } from '@oml/service/store';
import { getAddress, type Hex } from 'viem';
import { expect, it } from 'vitest';
import { Contests, type Contest } from './contests.ts';
import { MIGRATIONS } from '../store.ts';

const SOMEBODY = getAddress(`0x${'b'.repeat(40)}`);
const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const contest = (n: number): Contest => ({
  claimId: word(n),
  receipt: {
    licenseId: 2n ** 255n,
    client: SOMEBODY,
    requestNonce: word(1),
    queryHash: word(2),
    head: word(3),
    responseHash: word(4),
    paymentRef: word(5),
    amount: 1n,
    cumulative: 2n ** 128n,
    answeredAt: BigInt(n),
  },
  claimant: SOMEBODY,
  nonceSalt: word(6),
});

it('keeps every claim once, oldest first, until it has ended', () => {
  const contests = new Contests(openStore(':memory:', MIGRATIONS));
  expect([contests.add(contest(1)), contests.add(contest(2)), contests.add(contest(1))]).toEqual([true, true, false]);
  expect(contests.open()).toEqual([contest(1), contest(2)]);
  contests.end(word(1));
  expect(contests.open()).toEqual([contest(2)]);
  expect(contests.add(contest(1))).toBe(false);
  expect(contests.open()).toHaveLength(1);
});
