import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { OmlError } from '@oml/protocol/error';

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a Chromium on this machine, if there is one. CHROMIUM overrides. */
export function findBrowser(): string | undefined {
  const given = process.env['CHROMIUM'];
  return [...(given ? [given] : []), ...KNOWN, chromium.executablePath()].find(
    (path) => path !== '' && existsSync(path),
  );
}

/**
 * Finds a browser, or installs one: Debian's as root, Playwright's own elsewhere. Throws UNAVAILABLE: a story is never
 * skipped.
 */
export async function ensureBrowser(): Promise<string> {
  const found = findBrowser();
  if (found) return found;
  const asRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (asRoot) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
  } else {
    run(process.execPath, [
      new URL('../node_modules/playwright-core/cli.js', import.meta.url).pathname,
      'install',
      'chromium',
    ]);
  }
  const installed = findBrowser();
  if (!installed)
    throw new OmlError(
      'UNAVAILABLE',
      'The stories need Chromium, and none could be installed: install one, or set CHROMIUM to its path.',
    );
  return installed;
}

function run(command: string, args: string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
