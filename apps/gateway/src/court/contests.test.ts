import { getAddress, type Hex } from 'viem';
import { expect, it } from 'vitest';
import { describeOnStores } from '../../test-support/stores.ts';
import { addContest, endContest, openContests, type Contest } from './contests.ts';

const SOMEBODY = getAddress(`0x${'b'.repeat(40)}`);
const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const contest = (n: number): Contest => ({
  claimId: word(n),
  receipts: [1n, 2n].map((amount) => ({
    licenseId: 2n ** 255n,
    client: SOMEBODY,
    requestNonce: word(1),
    queryHash: word(2),
    head: word(3),
    responseHash: word(4),
    paymentRef: word(5),
    amount,
    cumulative: 2n ** 128n,
    answeredAt: BigInt(n),
  })),
});

describeOnStores('contests', (store) => {
  it('are kept once, oldest first, until they have ended', async () => {
    const added = [];
    for (const n of [1, 2, 1]) added.push(await addContest(store(), contest(n)));
    expect(added).toEqual([true, true, false]);
    expect(await openContests(store())).toMatchObject([contest(1), contest(2)]);
    await endContest(store(), word(1));
    expect(await openContests(store())).toMatchObject([{ ...contest(2), notedAt: expect.any(Number) }]);
    expect(await addContest(store(), contest(1))).toBe(false);
    expect(await openContests(store())).toHaveLength(1);
  });
});
