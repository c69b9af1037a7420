import { describe, expect, it } from 'vitest';
import { actsOf, clockOf, findings, heardBy, verdictWords, waitsFor } from './blame-words.ts';
import type { ShownBlame } from '#claim/shown-claim.ts';

const HOST = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' as const;
const JUROR = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC' as const;
const now = new Date();
const later = new Date(now.getTime() + 60_000);
const earlier = new Date(now.getTime() - 60_000);

type Committee = NonNullable<ShownBlame['committee']>;
const committee = (fields: Partial<Committee> = {}): Committee => ({
  state: 'voting',
  draw: 1,
  jurors: [JUROR],
  votes: {},
  ...fields,
});
const blame = (fields: Partial<ShownBlame> = {}): ShownBlame => ({
  blameId: 1n,
  claimId: '0x12',
  state: 'heard',
  payer: HOST,
  deposit: 3_000_000n,
  licenses: [{ licenseId: 4n, hits: 12 }],
  committee: committee(),
  ...fields,
});

describe('a blame in words', () => {
  it('says who hears it', () => {
    expect(heardBy(blame())).toBe('1 juror runs the editions');
    expect(heardBy(blame({ committee: committee({ state: 'drawing', draw: 2 }) }))).toContain('draw 2 of 3');
    expect(heardBy(blame({ state: 'appealed' }))).toBe('The arbitrator');
  });

  it('counts seats by what they found', () => {
    expect(findings(committee())).toBe('none shown yet');
    expect(findings(committee({ votes: { dismissed: 1, upheld: 2 } }))).toBe('1 not repeated, 2 repeated');
  });

  it('says what a lost blame costs, and only once it is closed that it is gone', () => {
    expect(verdictWords(blame())).toBe('No verdict yet.');
    expect(verdictWords(blame({ state: 'decided', upheld: false }))).toContain('so far');
    expect(verdictWords(blame({ state: 'closed', upheld: false }))).toContain('the deposit of $3.00 is gone');
    expect(verdictWords(blame({ state: 'closed', upheld: true }))).toContain('title bonds pay');
  });

  it('says until when', () => {
    expect(clockOf(blame({ committee: committee({ voteBy: later, revealBy: later }) }))?.what).toBe('Votes until');
    expect(clockOf(blame({ committee: committee({ voteBy: earlier, revealBy: later }) }))?.what).toBe(
      'Votes shown until',
    );
    expect(clockOf(blame({ state: 'decided', appealBy: later }))).toEqual({ what: 'Appeal until', at: later });
    expect(clockOf(blame({ state: 'closed', appealBy: earlier }))).toBeUndefined();
  });
});

describe('what anybody may do about a blame', () => {
  it('is nothing while the jurors look', () => {
    expect(actsOf(blame(), now)).toEqual([]);
    expect(waitsFor(blame())).toContain('vote blind');
  });
  it('is to apply a verdict, also where there is no committee', () => {
    expect(actsOf(blame({ committee: committee({ state: 'counted' }) }), now)).toEqual(['decide']);
    expect(actsOf(blame({ committee: committee({ state: 'unseated' }) }), now)).toEqual(['decide']);
  });
  it('is to appeal in time, to close after it', () => {
    expect(actsOf(blame({ state: 'decided', appealBy: later }), now)).toEqual(['appeal']);
    expect(actsOf(blame({ state: 'decided', appealBy: earlier }), now)).toEqual(['close']);
    expect(actsOf(blame({ state: 'appealed', appealBy: later }), now)).toEqual([]);
    expect(actsOf(blame({ state: 'appealed', appealBy: earlier }), now)).toEqual(['close']);
    expect(actsOf(blame({ state: 'ruled' }), now)).toEqual(['close']);
  });
  it('is to ask for the marks of an upheld one', () => {
    expect(actsOf(blame({ state: 'closed', upheld: true }), now)).toEqual(['appealMarks']);
    expect(actsOf(blame({ state: 'closed', upheld: false }), now)).toEqual([]);
  });
});
