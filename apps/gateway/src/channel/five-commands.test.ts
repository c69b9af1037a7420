import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../test-support/chain-fixture.ts';
import { openPayScene, type PayScene } from '../../test-support/pay-fixture.ts';

const ROOT = join(import.meta.dirname, '../../../..');
/** The five commands of the guide for buyers, to the letter. */
const [start, ...commands] = /Five commands from nothing[^]*?```sh\n([^]*?)```/
  .exec(readFileSync(join(ROOT, 'docs/guides/buyer.md'), 'utf8'))![1]!
  .trim()
  .split('\n');

let scene: PayScene;
let port: number;
const running: ChildProcess[] = [];
beforeAll(async () => {
  scene = await openPayScene();
  port = await freePort();
  // `npx oml` in a clone is this file; npm itself is not what is tested.
  const bin = join(scene.chain.scratch, 'bin');
  mkdirSync(bin);
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'apps/cli/src/main.ts')}' "$@"\n`;
  writeFileSync(join(bin, 'npx'), npx, { mode: 0o755 });
});
afterAll(async () => {
  for (const { pid } of running) process.kill(-pid!, 'SIGKILL');
  await scene?.stop();
});

/** A command on this scene's chain and a port of its own, where the guide has those of `npm start`. */
const here = (command: string): string =>
  command
    .replace('http://127.0.0.1:8545', scene.chain.rpcUrl)
    .replace('.oml/deployment.json', scene.chain.deploymentPath)
    .replace(/^(npx oml pay serve .*)$/, `$1 --port ${port}`)
    .replace(':4410/', `:${port}/`);

/** Types it in a terminal; resolves at its end, or once it says what is waited for. */
function type(command: string, until?: RegExp): Promise<string> {
  const path = [join(scene.chain.scratch, 'bin'), join(process.execPath, '..'), process.env['PATH']].join(delimiter);
  const env = { PATH: path, HOME: scene.chain.scratch, LOG_LEVEL: 'silent' };
  const child = spawn('bash', ['-c', here(command)], { cwd: ROOT, env, detached: true });
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      out += chunk;
      if (until?.test(out)) {
        running.push(child);
        resolve(out);
      }
    });
    child.once('close', (code) => (code === 0 && !until ? resolve(out) : reject(new Error(`${command}: ${err}`))));
  });
}

describe('five commands from nothing to a paid answer', () => {
  it('are five, and begin with the stack', () => {
    expect([start, commands.length]).toEqual(['npm start', 4]);
  });

  it('end with an answer of the official client, paid within a budget', async () => {
    const [keys, fund, serve, ask] = commands as [string, string, string, string];
    expect(await type(keys)).toContain('Now send dollars to');
    expect(await type(fund)).toMatch(/has \$10\.00/);
    expect(await type(serve, /OPENAI_API_KEY=.*\n/)).toContain(`OPENAI_BASE_URL=http://127.0.0.1:${port}/v1`);
    expect(await type(ask)).toMatch(/completion_tokens: 24/);
    const budget = JSON.parse(await type('npx oml pay budget --json')) as { day: { used: string } };
    expect(BigInt(budget.day.used)).toBeGreaterThan(0n);
  });
});
