import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Tally } from './tally.ts';

// Only to notice a hang: what dies on the way is told at once.
const START_TIMEOUT_MS = 40 * 60_000;

/**
 * Starts the stack exactly as `npm start -- --fresh --blames` does, runs `work` against it while the blames are told,
 * and stops it with the signal Ctrl-C sends.
 */
export async function withStack(work: () => Promise<Tally>): Promise<Tally> {
  const { root } = await import('../stack/layout.ts');
  const child = spawn(process.execPath, [join(root, 'scripts/stack/start.ts'), '--fresh', '--blames'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: process.env,
    detached: true,
  });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const told = new Promise<'told'>((resolve) => {
    let last = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      last = `${last}${text}`.slice(-2_000);
      if (last.includes('Ctrl-C stops everything')) resolve('told');
    });
  });
  const timeout = new Promise<'timeout'>((resolve) => setTimeout(() => resolve('timeout'), START_TIMEOUT_MS).unref());
  try {
    const outcome = await Promise.race([told, timeout, exited]);
    if (outcome !== 'told') {
      console.log(`The stack did not come up (${outcome}).`);
      return { passed: 0, failed: 1 };
    }
    return await work();
  } finally {
    child.kill('SIGINT');
    await exited;
  }
}
