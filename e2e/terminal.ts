import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '@oml/program/test-support/postgres';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { HostFolder, PAY_FOLDER } from '../apps/cli/src/host/folder.ts';
import { PAY_ROLES } from '../apps/cli/src/pay/roles.ts';
import { deploymentPath, inState, root, urlOf } from '../scripts/stack/layout.ts';

/** What a person types commands into: at the root of the clone, with a home of its own in which there is nothing. */
export interface Terminal {
  env: Record<string, string>;
  /** Where `oml pay serve` is told to listen. */
  serving: string;
  /** Types a command; what it printed, once it ended well. */
  type(command: string): Promise<string>;
  /** Types a command that goes on; resolves once it has said what is waited for. */
  keep(command: string, until: RegExp): Promise<{ said: string; stop(): Promise<void> }>;
  /** The account that `oml pay keys` made in this home. */
  buyer(): Promise<PrivateKeyAccount>;
  stopAll(): Promise<void>;
  remove(): void;
}

export async function openTerminal(): Promise<Terminal> {
  mkdirSync(inState('homes'), { recursive: true });
  const home = mkdtempSync(inState('homes/home-'));
  const env = { PATH: pathWithNpx(home), HOME: home, LOG_LEVEL: 'silent' };
  const port = await freePort();
  const running = new Set<ChildProcess>();

  const begin = (command: string): ChildProcess => {
    const child = spawn('bash', ['-c', here(command, port)], { cwd: root, env, detached: true });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  const stop = async (child: ChildProcess): Promise<void> => {
    if (!running.has(child)) return;
    const ended = once(child, 'close');
    process.kill(-child.pid!, 'SIGTERM');
    await ended;
  };
  return {
    env,
    serving: `http://127.0.0.1:${port}`,
    type: (command) => said(begin(command), command),
    async keep(command, until) {
      const child = begin(command);
      return { said: await said(child, command, until), stop: () => stop(child) };
    },
    async buyer() {
      const folder = new HostFolder({ dir: join(home, '.oml/pay') }, PAY_FOLDER);
      return privateKeyToAccount(await folder.secretOf(PAY_ROLES[0]));
    },
    async stopAll() {
      await Promise.all([...running].map(stop));
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** `npx oml` in a clone is this file; npm itself is not what is tested. */
function pathWithNpx(home: string): string {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(root, 'apps/cli/src/main.ts')}' "$@"\n`;
  writeFileSync(join(bin, 'npx'), npx, { mode: 0o755 });
  return [bin, join(process.execPath, '..'), process.env['PATH']].join(delimiter);
}

/** A command on the stack under test, which has ports and a state folder of its own, and a port that is free. */
const here = (command: string, port: number): string =>
  command
    .replace('http://127.0.0.1:8545', urlOf('chain'))
    .replace('.oml/deployment.json', deploymentPath)
    .replace(/^(npx oml pay serve .*)$/, `$1 --port ${port}`)
    .replace(':4410/', `:${port}/`);

function said(child: ChildProcess, command: string, until?: RegExp): Promise<string> {
  let [out, err] = ['', ''];
  child.stderr!.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      out += chunk;
      if (until?.test(out)) resolve(out);
    });
    child.once('close', (code) => (code === 0 && !until ? resolve(out) : reject(new Error(`${command}: ${err}`))));
  });
}
