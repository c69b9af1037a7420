import { chromium } from 'playwright-core';
const [base, out, ...paths] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const modes = (process.env.MODES ?? 'light,dark,phone').split(',');
for (const mode of modes) {
  const ctx = await b.newContext({ viewport: mode.startsWith('phone') ? { width: 390, height: 844 } : { width: 1280, height: 900 }, colorScheme: mode.includes('dark') ? 'dark' : 'light', deviceScaleFactor: 1 });
  const page = await ctx.newPage();
  page.on('pageerror', (e) => console.log('pageerror', mode, page.url(), e.message.slice(0, 300)));
  page.on('console', (m) => m.type() === 'error' && console.log('console', mode, page.url(), m.text().slice(0, 200)));
  for (const path of paths) {
    await page.goto(base + path, { waitUntil: 'load' });
    await page.waitForTimeout(Number(process.env.WAIT ?? 900));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) console.log('OVERFLOW', mode, path, over);
    await page.screenshot({ path: `${out}/${mode}${path.replaceAll('/', '_').slice(0, 30)}.png`, fullPage: process.env.FULL !== '0' });
  }
  await ctx.close();
}
await b.close();
