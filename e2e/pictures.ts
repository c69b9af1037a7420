// Pictures of the main pages for README and guides, of a running marketplace.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { ensureBrowser } from './browser.ts';
import { actors, toldChapter, urlOf } from './stack.ts';

const HELP = `npm run pictures -w @oml/e2e

Takes the pictures of docs/guides/pictures from the marketplace that npm start leaves running.

  --help  this text`;
const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const FOLDER = join(import.meta.dirname, '../docs/guides/pictures');
/** Two thirds of a desktop: what stands above the fold, and small enough for a repository. */
const VIEW = { width: 1120, height: 760 };

/** What a visitor to the front page waits for: nothing that comes in later may be missing on a picture. */
const whole = (page: Page) => page.getByTestId('index-lag').filter({ hasText: 'up to date' }).waitFor();

function pathsToShoot(): Record<string, string> {
  const model = toldChapter<{ modelId: string }>('publish fable')!.modelId;
  return {
    front: '/',
    models: '/models',
    model: `/models/${model}`,
    hosts: `/models/${model}/hosts`,
    claims: '/claims',
    host: `/@${actors.cheatingHost.address}`,
    economics: '/economics?price=0.005',
    status: '/status',
  };
}

const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  mkdirSync(FOLDER, { recursive: true });
  const context = await browser.newContext({ viewport: VIEW, colorScheme: 'light', reducedMotion: 'reduce' });
  for (const [name, path] of Object.entries(pathsToShoot())) {
    const page = await context.newPage();
    await page.goto(`${urlOf('web')}${path}`);
    await whole(page);
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
    console.log(`docs/guides/pictures/${name}.png of ${path}`);
    await page.close();
  }
} finally {
  await browser.close();
}
