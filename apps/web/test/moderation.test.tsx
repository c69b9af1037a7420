import '../test-support/dom.ts';
import { facets, refreshFigures } from '@oml/db/market';
import { listAddresses } from '@oml/db/model-addresses';
import { listModels } from '@oml/db/models';
import { hiddenModels, listModeration, takedownOf } from '@oml/db/site/moderation';
import { seedMarket } from '@oml/db/test-support/large-market';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorPanel } from '#moderation/operator-panel.tsx';
import { answerAsSite, ask, cookieOf, startDesk, type TestDesk } from '../test-support/desk.ts';
import { accountOf, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const [OPERATOR, OUTSIDER] = [accountOf('VERIFIER'), accountOf('OUTSIDER')];
const DAY_MS = 86_400_000;
const MODEL = 50n;
const REASON = 'A court ordered it: case 7 of 2026.';

let market: Market;
let site: TestDesk;
let page: Site | undefined;
beforeAll(async () => {
  market = await startMarket();
  site = await startDesk(market, [OPERATOR.address]);
  await seedMarket(site.db, { models: 200, hosts: 100, bookings: 10 });
  answerAsSite(site.desk);
}, 600_000);
afterAll(async () => {
  page?.leave();
  await site?.stop();
  await market?.stop();
});

const listed = async (query: Parameters<typeof listModels>[1] = {}) =>
  (await listModels(site.db, { limit: 200, ...query })).map(({ modelId }) => modelId);
const post = (body: unknown, cookie?: string) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
  ...(cookie ? { cookie } : {}),
});
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;
async function signedIn(account: typeof OPERATOR): Promise<string> {
  const asked = await ask(site.desk, '/api/session/challenge', post({ account: account.address }));
  const { message } = (await asked.json()) as { message: string };
  const signature = await account.signMessage({ message });
  return cookieOf(await ask(site.desk, '/api/session', post({ message, signature })));
}
const order = { modelId: String(MODEL), action: 'taken-down', reason: REASON };

describe('an operator of the site', () => {
  it('takes a model off lists, searches and counts by its page, with a reason for everybody', async () => {
    const before = await listed();
    expect(before).toContain(MODEL);
    page = visit(<OperatorPanel takedowns={[]} />, market, OPERATOR);
    await page.press('sign-in');
    await page.press('moderation-take-down', {
      'moderation-model': String(MODEL),
      'moderation-reason': REASON,
      'moderation-until': '2999-12-31',
    });
    await page.text('moderation-done', /entry 1/);
    expect(await hiddenModels(site.db)).toEqual([MODEL]);
    expect(await listed()).toEqual(before.filter((modelId) => modelId !== MODEL));
    for (const query of [
      { kind: 'classifier' },
      { search: 'digits' },
      { search: '50' },
      { facets: ['demo:free'] },
    ] as const)
      expect(await listed(query), JSON.stringify(query)).not.toContain(MODEL);
    expect(await listed({ search: '50', withHidden: true })).toEqual([MODEL]);
    expect(await listAddresses(site.db, 200)).toHaveLength(199);
    await refreshFigures(site.db, new Date());
    expect((await facets(site.db)).classifier).toBe(3);
    expect(await listModeration(site.db)).toEqual([
      {
        entryId: 1n,
        modelId: MODEL,
        action: 'taken-down',
        operator: OPERATOR.address,
        reason: REASON,
        at: expect.any(Date),
        until: new Date('2999-12-31T23:59:59Z'),
      },
    ]);
  });

  it('puts it back, and does nothing twice', async () => {
    await page!.press('moderation-take-down');
    await page!.text('moderation-problem', /taken down already/);
    await page!.press('moderation-put-back', { 'moderation-reason': 'The order was lifted on appeal.' });
    await until(async () => (await hiddenModels(site.db)).length === 0, 'a model that is listed again');
    expect(await listed()).toContain(MODEL);
    expect((await listModeration(site.db)).map(({ action }) => action)).toEqual(['put-back', 'taken-down']);
  });

  it('is nobody else: no other account, no page of another site, nobody who was taken off the list', async () => {
    const [operator, outsider] = [await signedIn(OPERATOR), await signedIn(OUTSIDER)];
    expect(await codeOf(await ask(site.desk, '/api/moderation', post(order)))).toBe('UNAUTHORIZED');
    expect(await codeOf(await ask(site.desk, '/api/moderation', post(order, outsider)))).toBe('UNAUTHORIZED');
    const forged = { ...post(order, operator), headers: { origin: 'https://evil.example' } };
    expect(await codeOf(await ask(site.desk, '/api/moderation', forged))).toBe('UNAUTHORIZED');
    const former = { ...site.desk, operators: [] };
    expect(await codeOf(await ask(former, '/api/moderation', post(order, operator)))).toBe('UNAUTHORIZED');
    const other = visit(<OperatorPanel takedowns={[]} />, market, OUTSIDER);
    await other.press('sign-in');
    await other.text('no-operator');
    other.leave();
    expect(await hiddenModels(site.db)).toEqual([]);
  });

  it('says why and until when in a form that can be kept, about a model that there is', async () => {
    const cookie = await signedIn(OPERATOR);
    const said = async (changes: object) =>
      codeOf(await ask(site.desk, '/api/moderation', post({ ...order, ...changes }, cookie)));
    expect(await said({ reason: 'because' })).toBe('REQUEST_INVALID');
    expect(await said({ until: '2020-01-01T00:00:00.000Z' })).toBe('REQUEST_INVALID');
    expect(await said({ action: 'put-back', until: '2999-01-01T00:00:00.000Z' })).toBe('REQUEST_INVALID');
    expect(await said({ modelId: '999999' })).toBe('NOT_FOUND');
    expect(await said({ action: 'put-back' })).toBe('CONFLICT');
  });

  it('ends by itself when it said so, and is about one model, not about its number', async () => {
    const cookie = await signedIn(OPERATOR);
    const end = new Date(Date.now() + DAY_MS);
    await ask(site.desk, '/api/moderation', post({ ...order, until: end.toISOString() }, cookie));
    const of = { modelId: MODEL, commitId: `c${MODEL}` };
    expect(await takedownOf(site.db, of, new Date())).toMatchObject({ reason: REASON, until: end });
    expect(await takedownOf(site.db, of, new Date(end.getTime() + 1))).toBeUndefined();
    expect(await takedownOf(site.db, { ...of, commitId: 'another' }, new Date())).toBeUndefined();
  });

  it('cannot change or delete what the log says', async () => {
    for (const sql of [
      `update site.moderation_entry set reason = 'x'`,
      'delete from site.moderation_entry',
      'truncate site.moderation_entry',
    ])
      await expect(site.db.$executeRawUnsafe(sql)).rejects.toThrow(/never changed nor deleted/);
  });
});
