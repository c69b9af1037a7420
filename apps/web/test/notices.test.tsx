import '../test-support/dom.ts';
import { freePort } from '@oml/program/test-support/postgres';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaidCalls } from '#call/paid-calls.tsx';
import { NoticesPanel } from '#notice/notices-panel.tsx';
import { answerAsSite, ask, startDesk, type TestDesk } from '../test-support/desk.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';
import { keepUnbookedUse } from '../test-support/unbooked-use.ts';

const INDEXER = join(import.meta.dirname, '../../indexer/src/main.ts');
const [BUYER, HOST] = [accountOf('BUYER'), accountOf('HOST')];
const MAIL = 'host@example.org';

describe('a host hears of a claim without looking', () => {
  let market: Market;
  let site: TestDesk;
  let indexer: ChildProcess;
  let license: { licenseId: bigint; vault: Address };
  let page: Site;
  let log = '';
  beforeAll(async () => {
    market = await startMarket();
    site = await startDesk(market);
    answerAsIndex(market);
    answerAsSite(site.desk);
    const env = {
      ...process.env,
      RPC_URL: market.rpcUrl,
      OML_DEPLOYMENT: market.deploymentPath,
      DATABASE_URL: site.databaseUrl,
      PORT: String(await freePort()),
      MAIL_DIR: join(market.scratch, 'mail'),
      LOG_LEVEL: 'debug',
    };
    indexer = spawn(process.execPath, [INDEXER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [indexer.stdout!, indexer.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (log += text));
    const modelId = await market.publish('OWNER', 'tales', { offers: [await market.registerTerms(0), 0, 0] });
    license = await market.accept('HOST', modelId, 0);
    await market.deliver('OWNER', license.licenseId);
    await market.activate('HOST', license.licenseId);
    await market.bindSigner();
  }, 600_000);
  afterAll(async () => {
    page?.leave();
    if (indexer) {
      const ended = new Promise((resolve) => indexer.once('exit', resolve));
      indexer.kill();
      await ended;
    }
    await site?.stop();
    await market?.stop();
  });

  const mails = (): string[] => {
    const folder = join(market.scratch, 'mail');
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.eml')) : [];
    return names.map((name) => readFileSync(join(folder, name), 'utf8').replace(/=\r\n|\r\n(?= )/g, ''));
  };
  const mailLike = (pattern: RegExp) =>
    until(() => mails().find((mail) => pattern.test(mail)), `a mail like ${pattern}`);

  /** A buyer contests a use that the host never booked, on the page “Use”. */
  async function contest(): Promise<Hex> {
    const { digest } = await keepUnbookedUse(market, license.licenseId);
    const use = visit(<PaidCalls />, market, BUYER);
    await use.press(`use-anchor-${digest}`);
    await market.pass(20);
    await use.press(`use-contest-${digest}`);
    await use.text('use-claimed', /contested/);
    use.leave();
    return digest;
  }

  it('signs in once, says where, and its mail address says yes', async () => {
    page = visit(<NoticesPanel />, market, HOST);
    await page.press('sign-in');
    await page.press('subscription-add', { 'subscription-to': MAIL });
    await page.text('subscription-state', /Waits for a yes/);
    const question = await mailLike(/Do you want notices here/);
    const [, token] = /\/notices\/confirm\/([\w-]+)/.exec(question)!;
    const yes = await ask(site.desk, `/api/notices/confirm/${token}`, { method: 'POST' });
    expect(yes.headers.get('location')).toBe('/notices/done?was=confirmed');
    await page.text('subscription-state', /Is told/);
    expect(page.asked.filter((method) => method === 'personal_sign')).toHaveLength(1);
  });

  it('sees the claim on its page and in a mail, with what to do', async () => {
    const claimId = await contest();
    page.leave();
    page = visit(<NoticesPanel />, market, HOST);
    const shown = await page.text('notice-claim');
    expect(shown).toMatch(/Claim against you: unpaid use.*up to \$30\.00.*Book what is missing/);
    const mail = await mailLike(/^Subject: Claim against you/m);
    expect(mail).toContain(`/claims/${claimId}`);
  });

  it('ends it by one press in a mail program: nothing of the address is kept, and none was ever logged', async () => {
    const mail = await mailLike(/^Subject: Claim against you/m);
    const [, path] = /^List-Unsubscribe: <http:\/\/[^/]+(\/[^>]+)>/m.exec(mail)!;
    const ended = await ask(site.desk, path!, {
      method: 'POST',
      body: 'List-Unsubscribe=One-Click',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(ended.status).toBe(200);
    await until(() => page.button('subscription-remove') === null, 'no subscription on the page');
    expect(await site.db.subscription.count()).toBe(0);
    expect(await site.db.delivery.count()).toBe(0);
    expect(log).toMatch(/a notice was sent/);
    expect(log).not.toContain('example.org');
  });

  it('ends another by its button', async () => {
    await page.press('subscription-add', { 'subscription-to': 'http://127.0.0.1:4999/hook' });
    await page.text('webhook-secret', /whsec_/);
    await page.press('subscription-remove');
    await until(async () => (await site.db.subscription.count()) === 0, 'no subscription');
    await page.press('sign-out');
    await page.text('sign-in');
  });
});
