import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { DevChain } from './dev-chain.ts';

const OML = join(import.meta.dirname, '../../cli/src/main.ts');

/** Runs `oml` to its end as a stranger does: nothing of this process's environment helps it. */
export function runOml({ scratch }: DevChain, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], HOME: scratch };
  return new Promise((resolve) => {
    execFile(process.execPath, [OML, ...args], { cwd: scratch, env, maxBuffer: 1 << 24 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}
