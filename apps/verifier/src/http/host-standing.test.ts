import { createLogger } from '@oml/service/logger';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import { describe, expect, it } from 'vitest';
import { verifierApp, type VerifierParts } from './app.ts';
import { standingsOf, WINDOW_DAYS } from './host-standing.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 30);
const HOST = '0x0000000000000000000000000000000000000001';
/** So many days ago each. */
const after = (...outcomes: [AuditOutcome, number][]) =>
  standingsOf(
    outcomes.map(([outcome, days]) => ({ account: HOST, outcome, at: NOW - days * DAY_MS })),
    NOW,
  )[0];

describe('the standing of a host', () => {
  it('is not known from one audit, or two, whatever they found', () => {
    expect(after(['slashed', 1])).toMatchObject({ standing: 'unknown', slashed: 1 });
    expect(after(['slashed', 1], ['paid-late', 2])).toMatchObject({ standing: 'unknown' });
    expect(after(['paid', 1], ['paid', 2])).toMatchObject({ standing: 'unknown', paid: 2 });
  });

  it('counts both ways: what found nothing, and what found something', () => {
    expect(after(['paid', 1], ['paid', 2], ['paid', 3])).toMatchObject({ standing: 'pays', audits: 3, paid: 3 });
    expect(after(['paid', 1], ['slashed', 2], ['paid-late', 3])).toMatchObject({
      standing: 'owes',
      paid: 1,
      paidLate: 1,
      slashed: 1,
    });
  });

  it('is not settled by one bad audit among good ones', () => {
    expect(after(['paid', 1], ['paid-late', 2], ['paid', 3], ['paid', 4])).toMatchObject({ standing: 'unknown' });
  });

  it('lapses when too few audits of the window are left', () => {
    const standing = after(['paid', 1], ['paid', 2], ['paid', 3], ['paid', 9]);
    expect(standing).toMatchObject({ lapsesAt: new Date(NOW + (WINDOW_DAYS - 3) * DAY_MS).toISOString() });
    expect(after(['paid', 1], ['paid', 2], ['paid', WINDOW_DAYS + 1])).toMatchObject({
      standing: 'unknown',
      audits: 2,
    });
    expect(after(['slashed', WINDOW_DAYS])).toBeUndefined();
  });

  it('is told of those alone of which an audit ended since, with all figures of the window', () => {
    const other = '0x0000000000000000000000000000000000000002';
    const audits = [
      { account: HOST, outcome: 'paid', at: NOW - 3 * DAY_MS },
      { account: HOST, outcome: 'paid', at: NOW - DAY_MS },
      { account: other, outcome: 'paid', at: NOW - 3 * DAY_MS },
    ] as const;
    const since = (days: number) => standingsOf(audits, NOW, NOW - days * DAY_MS);
    expect(since(2)).toMatchObject([{ account: HOST, paid: 2, lastAuditAt: new Date(NOW - DAY_MS).toISOString() }]);
    expect(since(3)).toHaveLength(2);
    expect(since(0)).toEqual([]);
  });

  it('is asked over HTTP, since a time or of all, and not since anything else', async () => {
    const audits = [{ account: HOST, outcome: 'paid', at: NOW - DAY_MS }] as const;
    const standings = async (since?: number) => standingsOf(audits, NOW, since);
    const app = verifierApp({ standings, logger: createLogger('test', () => {}) } as unknown as VerifierParts);
    const ask = async (query: string) => ((await (await app.request(`/hosts${query}`)).json()) as { hosts?: [] }).hosts;
    expect(await ask('')).toHaveLength(1);
    expect(await ask('?since=2026-11-28T00:00:00Z')).toHaveLength(1);
    expect(await ask('?since=2026-11-29T12:00:00Z')).toEqual([]);
    expect((await app.request('/hosts?since=yesterday')).status).toBe(400);
  });

  it('takes nothing from audits that say nothing', () => {
    const silent: [AuditOutcome, number][] = [
      ['inconclusive', 1],
      ['excused', 1],
      ['lapsed', 1],
    ];
    expect(after(...silent)).toMatchObject({ standing: 'unknown', audits: 3, paid: 0 });
    expect(after(...silent, ['paid', 1], ['paid', 1])).toMatchObject({ standing: 'unknown' });
  });
});
