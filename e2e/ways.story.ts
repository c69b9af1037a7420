import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { searchFor } from './site-pages.ts';
import { actors, toldChapter, urlOf } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const modelId = () => toldChapter<{ modelId: string }>('publish fable')!.modelId;

describe('a visitor finds the way', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.browserBuyer.account);
  });
  afterAll(() => visitor.leave());

  it('to a model, by ctrl-K and the keyboard alone', async () => {
    const { page } = visitor;
    await visitor.go('/docs');
    await searchFor('fable')(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/models\/[^/]/);
  });

  it('from an address to the profile behind it, which the old address of hosts leads to as well', async () => {
    const { page } = visitor;
    await visitor.go(`/models/${modelId()}`);
    await page.locator(`a[href="/@${actors.owner.address}"]`).first().click();
    await page.waitForURL(`**/@${actors.owner.address}`);
    await page.getByRole('heading', { name: 'Models' }).waitFor();
    await visitor.go(`/hosts/${actors.honestHost.address}`);
    await page.waitForURL(`**/@${actors.honestHost.address}`);
    await page.getByRole('heading', { name: 'Licenses' }).waitFor();
    expect(await visitor.text('host-covered', /yes|no/)).toBeTruthy();
  });

  it('to a bond that deters, whose address says what was reckoned', async () => {
    const { page } = visitor;
    await visitor.go('/economics');
    await page.locator('[data-testid="connect-open"]:enabled').first().waitFor();
    await page.getByTestId('set-price').fill('0.02');
    await page.waitForURL(/price=0\.02/);
    await visitor.text('way-unpaid', /\$143 a week/);
  });

  it('without JavaScript: reads, searches and reckons', async () => {
    const context = await visitor.page.context().browser()!.newContext({ javaScriptEnabled: false });
    const page: Page = await context.newPage();
    const at = (path: string) => page.goto(`${urlOf('web')}${path}`);
    try {
      await at('/docs/guides/host');
      await page.getByRole('link', { name: 'The same by hand' }).click();
      await page.waitForURL(/#the-same-by-hand$/);
      await at('/search');
      await page.getByRole('searchbox').fill('fable');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.locator('main a[href^="/models/"]').first().waitFor();
      await at('/economics');
      await page.getByTestId('set-price').fill('0.02');
      await page.getByRole('button', { name: 'Reckon' }).click();
      await page.getByTestId('way-unpaid').filter({ hasText: '$143 a week' }).waitFor();
      await at('/status');
      await page.getByTestId('part-Index').filter({ hasText: 'Read up to block' }).waitFor();
    } finally {
      await context.close();
    }
  });

  it('met no error in any page', () => {
    expect(visitor.errors).toEqual([]);
  });
});
