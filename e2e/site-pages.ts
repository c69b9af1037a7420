// Every page of the site with a state in which it can be, over the market that seeded-site.ts seeds.
import { BUSY_HOST, BUSY_VERIFIER, claimIdOf, refusedTxOf } from '@oml/db/test-support/large-market';
import type { Page } from 'playwright-core';

export interface PageState {
  name: string;
  path: string;
  /** What one does there before it is looked at. */
  act?: (page: Page) => Promise<void>;
}

const plain = (path: string, name = path): PageState => ({ name, path });

/** Places that a market fills, and those that say that there is nothing. */
export const PAGES: readonly PageState[] = [
  plain('/'),
  plain('/models'),
  plain('/models?view=table'),
  plain('/models?kind=classifier&sort=price'),
  plain('/models?q=quagga', '/models, nothing matches'),
  plain('/models/compare?model=1&model=50', '/models/compare'),
  plain('/models?task=text-generation&license=mit', '/models, facets'),
  plain('/models/1', '/models/1, a thousand hosts'),
  ...['playground', 'api', 'hosts', 'files', 'evidence', 'claims', 'terms', 'license'].map((tab) =>
    plain(`/models/1/${tab}`),
  ),
  plain('/models/50', '/models/50, a classifier'),
  plain('/models/50/playground', '/models/50, its demo'),
  plain('/models/17/terms', '/models/17, not offered'),
  plain('/claims'),
  plain(`/claims/${claimIdOf(7)}`, '/claims/…'),
  plain(`/claims/refused/${refusedTxOf(7)}`, '/claims/refused/…'),
  plain(`/@${BUSY_HOST}`, '/@…, a host'),
  plain(`/@${BUSY_VERIFIER}`, '/@…, a verifier'),
  plain('/@0x0000000000000000000000000000000000000001', '/@…, nobody'),
  plain('/names/name-7'),
  plain('/reports'),
  plain('/reports/7'),
  plain('/verify'),
  plain('/publish'),
  plain('/own'),
  plain('/host'),
  plain('/use'),
  plain('/notices'),
  plain('/notices/confirm/abc', '/notices/confirm/…'),
  plain('/notices/done?was=ended', '/notices/done'),
  plain('/moderation'),
  plain('/operator'),
  plain('/search'),
  plain('/search?q=fable'),
  plain('/search?q=quagga', '/search, nothing matches'),
  plain('/economics'),
  plain('/economics?price=0.02&bond=5000'),
  plain('/status'),
  plain('/docs'),
  plain('/docs/api'),
  plain('/docs/guides/buyer'),
  plain('/docs/specs/rules'),
  plain('/docs/benchmarks/economics'),
  plain(`/tx/${refusedTxOf(1)}`, '/tx/…, not found'),
  plain('/nowhere', 'no such page'),
  { name: 'the search window', path: '/', act: searchFor('fable') },
  { name: 'the search window, nothing matches', path: '/docs', act: searchFor('quagga') },
  { name: 'the wallet window', path: '/use', act: openWallets },
  { name: 'a word explained', path: '/', act: explainWord },
];

/** What visitors see while the database stands still. */
export const OUTAGES: readonly PageState[] = ['/', '/models', '/claims', '/status', '/search?q=bond', '/own'].map(
  (path) => plain(path, `${path}, index stopped`),
);

export function searchFor(words: string) {
  return async (page: Page): Promise<void> => {
    // Before it is hydrated, the page does not listen for keys.
    await page.locator('[data-testid="connect-open"]:enabled').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByTestId('search-question').fill(words);
    await page
      .getByTestId('search-state')
      .filter({ hasText: /matches|found/ })
      .waitFor();
  };
}

async function openWallets(page: Page): Promise<void> {
  await page.locator('[data-testid="connect-open"]:enabled').first().click();
  await page.getByRole('dialog').waitFor();
}

async function explainWord(page: Page): Promise<void> {
  await page.locator('button[popovertarget]').first().click();
  await page.locator('[popover]:popover-open').waitFor();
}
