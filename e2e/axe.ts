// Looks at every page and state with axe-core, in light and dark and on a phone. The pages must be built.
import { AxeBuilder } from '@axe-core/playwright';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { reportWeb } from '../scripts/bench/web-report.ts';
import { ensureBrowser } from './browser.ts';
import { startSeededSite, startWeb, untilAnswers } from './seeded-site.ts';
import { OUTAGES, PAGES, type PageState } from './site-pages.ts';

const HELP = `npm run axe -w @oml/e2e -- [options]

Looks at every page and state of the site with axe-core (WCAG 2.2 A and AA, best practices): light and dark on a
desktop, light on a phone. Over a market of its own; build the pages first: npm run build -w @oml/web.

  --only TEXT  states whose name has this text
  --write      record the count in docs/benchmarks/web.{json,md}
  --help       this text`;
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Only to notice a hang. */
const HANG_MS = 120_000;
const LOOKS = [
  { look: 'light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { look: 'dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { look: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

interface Seen {
  looked: number;
  violations: number;
}

/** Every state in every look; says each violation as it is met. */
async function lookAt(browser: Browser, url: string, states: readonly PageState[], seen: Seen): Promise<void> {
  for (const { look, ...options } of LOOKS) {
    // Motion stands still: a colour on its way to another is none that anyone reads.
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    context.setDefaultTimeout(HANG_MS);
    for (const state of states.filter(({ name }) => name.includes(values.only))) {
      const page = await context.newPage();
      await page.goto(`${url}${state.path}`, { waitUntil: 'load' });
      await state.act?.(page);
      await judge(page, `${state.name} (${look})`, seen);
      await page.close();
    }
    await context.close();
  }
}

async function judge(page: Page, name: string, seen: Seen): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  seen.looked++;
  seen.violations += violations.length;
  for (const { id, impact, nodes } of violations) {
    console.log(`${name}: ${id} (${impact}), ${nodes.length} ×`);
    for (const { html, failureSummary = '' } of nodes.slice(0, 3))
      console.log(`   ${html.slice(0, 200)}\n   ${failureSummary.split('\n').slice(0, 2).join(' ').slice(0, 300)}`);
  }
}

const seen: Seen = { looked: 0, violations: 0 };
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  const site = await startSeededSite({ models: 2_000, hosts: 1_000, bookings: 10_000 });
  try {
    await lookAt(browser, site.url, PAGES, seen);
    await site.stopDatabase();
    await lookAt(browser, site.url, OUTAGES, seen);
  } finally {
    await site.stop();
  }
  const bare = await startWeb({ RPC_URL: '', OML_DEPLOYMENT: '', DATABASE_URL: '' });
  try {
    await untilAnswers(bare.url);
    await lookAt(browser, bare.url, [{ name: '/, not set up', path: '/' }], seen);
  } finally {
    await bare.stop();
  }
} finally {
  await browser.close();
}
console.log(`${seen.looked} states looked at`);
reportWeb(
  [
    {
      metric: 'axe.violations',
      value: seen.violations,
      unit: `in ${seen.looked} looks`,
      target: '= 0',
      anchor:
        'axe-core 4, WCAG 2.2 A and AA and best practices: every page and state that e2e/site-pages.ts names, light, dark and on a phone, with the index stopped and not set up at all too',
      command: 'npm run axe -w @oml/e2e -- --write',
    },
  ],
  values.write && values.only === '',
);
if (seen.violations > 0) process.exitCode = 1;
