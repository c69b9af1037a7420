import { describe, expect, it } from 'vitest';
import { claimName, claimOutcome, refusalWords, whoCanAct } from './claim-words.ts';
import type { ShownClaim } from './shown-claim.ts';

const HOST = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' as const;
const VERIFIER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC' as const;
const DIGEST = `0xab12${'0'.repeat(56)}cd34` as const;
const now = new Date('2026-01-01T00:00:00Z');

function claim(fields: Partial<ShownClaim>): ShownClaim {
  const money = {
    bond: 1_000_000n,
    reach: 6_000_000n,
    reserved: 5_000_000n,
    taken: 0n,
    fromTitles: 0n,
    toClaimant: 0n,
    toOwner: 0n,
    burned: 0n,
  };
  return {
    claimId: DIGEST,
    offence: 'unpaid-use',
    state: 'contested',
    claimant: VERIFIER,
    account: HOST,
    modelId: 1n,
    licenseId: 2n,
    ...money,
    score: 0,
    needed: 0,
    itemCount: 0,
    itemsProven: 0,
    revealedAt: now,
    uses: [],
    timeline: [],
    ...fields,
  };
}

it('names a claim by its digest, in short', () => expect(claimName(claim({}))).toBe('Claim 0xab12…cd34'));

describe('claimOutcome', () => {
  it('names the slash and what was burned', () =>
    expect(claimOutcome(claim({ state: 'slashed', taken: 5_000_000n, burned: 3_000_000n }))).toBe(
      '$5.00 were taken from the bond, $3.00 of them burned.',
    ));
  it('says how much an open claim can reach', () => expect(claimOutcome(claim({}))).toContain('$6.00'));
  it('says how many items are shown', () =>
    expect(claimOutcome(claim({ state: 'proving', itemsProven: 12, itemCount: 30 }))).toContain('12 of 30 items'));
  it('names the late fee', () =>
    expect(claimOutcome(claim({ state: 'paid-late', taken: 250_000n }))).toContain('$0.25'));
});

describe('whoCanAct', () => {
  it('lets anyone book while the window is open', () =>
    expect(whoCanAct(claim({ answerBy: new Date(now.getTime() + 1000) }), now)).toContain('Anyone can book'));
  it('lets nobody answer two receipts on the same money', () =>
    expect(whoCanAct(claim({ offence: 'equivocation', answerBy: new Date(now.getTime() + 1000) }), now)).toContain(
      'Nobody can answer',
    ));
  it('lets anyone finalise after it', () =>
    expect(whoCanAct(claim({ answerBy: now }), new Date(now.getTime() + 1000))).toContain('finalise'));
  it('lets nobody act on a decided claim', () =>
    expect(whoCanAct(claim({ state: 'slashed' }), now)).toContain('Nobody'));
});

describe('refusalWords', () => {
  it('says in words why the court refused', () =>
    expect(
      refusalWords({
        tx: '0x',
        blockNumber: 1n,
        from: VERIFIER,
        functionName: 'revealUnpaidUse',
        errorName: 'ClaimCourt_AlreadyBooked',
        errorArgs: { digest: DIGEST, paymentRef: '0x12' },
        at: now,
      }),
    ).toContain('Receipt 0xab12…cd34 is paid'));
});
