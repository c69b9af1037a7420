import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestChain } from './chain-fixture.ts';
import { COMPILED } from './launched.ts';

const OML = join(import.meta.dirname, '../../cli/src/main.ts');

export interface Ended {
  status: number | null;
  out: string;
  err: string;
}

/** Starts `oml` as an operator does, from a folder of its own; nothing of this process's environment helps it. */
export const startOml = (chain: TestChain, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [OML, ...args], {
    cwd: chain.scratch,
    env: { PATH: process.env['PATH'], HOME: chain.scratch, LOG_LEVEL: 'info', METRICS_PORT: '0', ...COMPILED },
  });

/** Runs `oml` to its end. */
export function runOml(chain: TestChain, ...args: string[]): Promise<Ended> {
  const child = startOml(chain, ...args);
  const ended: Ended = { status: null, out: '', err: '' };
  child.stdout!.on('data', (chunk) => (ended.out += chunk));
  child.stderr!.on('data', (chunk) => (ended.err += chunk));
  return new Promise((resolve) => child.once('close', (status) => resolve({ ...ended, status })));
}

/** The service that a running `oml` started. */
export const servicePid = ({ pid }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
