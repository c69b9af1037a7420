import { describe, expect, it } from 'vitest';
import { claimSteps } from './claim-steps.ts';
import type { ClaimEvent, ShownClaim } from './shown-claim.ts';

const at = new Date('2026-01-01T00:00:00Z');
const event = (name: string, tx: string, args: Record<string, string> = {}): ClaimEvent => ({
  name,
  tx: tx as `0x${string}`,
  blockNumber: 1n,
  at,
  args,
});
const claim = (timeline: ClaimEvent[], fields: Partial<ShownClaim> = {}) =>
  ({ state: 'slashed', taken: 50_000_000n, burned: 30_000_000n, timeline, ...fields }) as ShownClaim;

describe('claimSteps', () => {
  it('tells repeated events of one transaction as one step', () => {
    const steps = claimSteps(
      claim([
        event('DisguisedUseClaimed', '0x1', { bond: '1000000' }),
        ...['0x2', '0x2', '0x3'].map((tx) => event('ReceiptsAnchored', tx)),
      ]),
    );
    expect(steps.map(({ title }) => title)).toEqual(['Claim revealed', 'Receipts anchored', 'Receipts anchored']);
  });

  it('ends with the words of the claim’s own state', () => {
    const end = [event('ClaimFinalised', '0x9', { state: '3' })];
    expect(claimSteps(claim(end))[0]).toMatchObject({
      title: 'Slashed',
      tone: 'slashed',
      body: '$50.00 taken, $30.00 of them burned.',
    });
    expect(claimSteps(claim(end, { state: 'paid-late', taken: 250_000n }))[0]).toMatchObject({
      title: 'Paid late',
      tone: 'risk',
    });
  });

  it('tells an unpaid use from two receipts on the same money', () => {
    const shown = (offence: number) =>
      claimSteps(
        claim([event('UnpaidUseClaimed', '0x1', { bond: '1000000', reach: '30000000', offence: String(offence) })]),
      )[0];
    expect(shown(1)).toMatchObject({
      title: 'Unpaid use shown',
      body: expect.stringContaining('$30.00') as string,
    });
    expect(shown(3)?.title).toBe('Equivocation shown');
  });

  it('shows an event it does not know by its name', () =>
    expect(claimSteps(claim([event('Appealed', '0x1')]))[0]).toMatchObject({ title: 'Appealed', tone: 'plain' }));
});
