import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { logOf, type Part } from '../scripts/stack/processes.ts';

/** A part that a story starts and stops itself, beside those of the stack. */
export interface OwnPart {
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

export function startOwnPart({ name, command, args, env }: Part): OwnPart {
  const log = openSync(logOf(name), 'a');
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
