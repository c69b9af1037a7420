import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { OmlError } from '@oml/protocol/error';
import { inState, root } from './layout.ts';
import { lastWords, logOf } from './processes.ts';

export interface Command {
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** Hears every line of progress on stderr. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command to its end and returns its standard output; output also goes to the command's log. Throws what it said
 * last.
 */
export function runCommand({ name, command, args, env, onLine }: Command): Promise<string> {
  mkdirSync(inState('logs'), { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      appendFileSync(logOf(name), chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      appendFileSync(logOf(name), chunk);
      for (const line of chunk.toString().split('\n')) if (line.trim()) onLine?.(line.trim());
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new OmlError('UNAVAILABLE', `${name} failed (exit ${code}); its last words:\n${lastWords(name)}`));
    });
  });
}

/** Runs one of the apps' own commands with the project's Node. */
export function runApp(
  name: string,
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  onLine?: (line: string) => void,
): Promise<string> {
  return runCommand({ name, command: process.execPath, args: [file, ...args], env, ...(onLine && { onLine }) });
}
