import type { Server } from 'node:http';
import { chromium, type Page } from 'playwright-core';
import { ensureBrowser } from './browser.ts';
import { servePage } from './page-server.ts';

export interface ServedPage {
  page: Page;
  /** What nothing on the page caught. */
  errors: string[];
  close(): Promise<void>;
}

/** A page script of this folder, built and served with `files` under /files/, in a browser and ready. */
export async function openServedPage(script: string, out: string, files: string): Promise<ServedPage> {
  const { server, port } = await servePage(script, out, files);
  const browser = await chromium
    .launch({
      executablePath: await ensureBrowser(),
      headless: true,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
    .catch((error: unknown) => closing(server, error));
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction('window.page');
  return {
    page,
    errors,
    async close() {
      await browser.close();
      server.close();
    },
  };
}

function closing(server: Server, error: unknown): never {
  server.close();
  throw error;
}
