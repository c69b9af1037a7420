// Looks at every page and state with axe-core, in light and dark and on a phone. The pages must be built.
import { AxeBuilder } from '@axe-core/playwright';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { reportWeb } from '../scripts/bench/web-report.ts';
import { ensureBrowser } from './browser.ts';
import { PHONE, phoneFaults } from './phone.ts';
import { startSeededSite, startWeb, untilAnswers } from './seeded-site.ts';
import { OUTAGES, PAGES, type PageState } from './site-pages.ts';

const HELP = `npm run axe -w @oml/e2e -- [options]

Looks at every page and state of the site with axe-core (WCAG 2.2 A and AA, best practices): light and dark on a
desktop, light on a phone, where nothing may be hidden or be scrolled sideways. Over a market of its own; build the pages first: npm run build -w @oml/web.

  --only TEXT  states whose name has this text
  --look NAME  light, dark or phone alone
  --write      record the count in docs/benchmarks/web.{json,md}
  --help       this text`;
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    look: { type: 'string', default: '' },
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
  { look: 'phone', colorScheme: 'light', viewport: PHONE },
] as const;

interface Seen {
  looked: number;
  violations: number;
  /** Of the phone alone. */
  phoneFaults: number;
}

/** Every state in every look; says each violation as it is met. */
async function lookAt(browser: Browser, url: string, states: readonly PageState[], seen: Seen): Promise<void> {
  for (const { look, ...options } of LOOKS.filter((each) => each.look.includes(values.look))) {
    // Motion stands still: a colour on its way to another is none that anyone reads.
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    context.setDefaultTimeout(HANG_MS);
    const wanted = states.filter(({ name }) => name.includes(values.only));
    for (const [i, state] of wanted.entries()) {
      console.error(`${look}, ${i + 1} of ${wanted.length}: ${state.name}`);
      const page = await context.newPage();
      await page.goto(`${url}${state.path}`, { waitUntil: 'load' });
      await state.act?.(page);
      await judge(page, `${state.name} (${look})`, seen);
      if (look === 'phone') await judgePhone(page, state.name, seen);
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

async function judgePhone(page: Page, name: string, seen: Seen): Promise<void> {
  const faults = await phoneFaults(page);
  seen.phoneFaults += faults.length;
  for (const fault of faults) console.log(`${name} (phone): ${fault}`);
}

const seen: Seen = { looked: 0, violations: 0, phoneFaults: 0 };
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
    {
      metric: 'phone.faults',
      value: seen.phoneFaults,
      unit: `at ${PHONE.width} px`,
      target: '= 0',
      anchor:
        'the same pages on the narrowest phone: wider than the screen, tables that have to be scrolled sideways, cells that are not on the screen or do not name their column',
      command: 'npm run axe -w @oml/e2e -- --write',
    },
  ],
  values.write && values.only === '' && values.look === '',
);
if (seen.violations + seen.phoneFaults > 0) process.exitCode = 1;
