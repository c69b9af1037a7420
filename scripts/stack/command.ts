import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { OmlError } from '@oml/protocol/error';
import { lastWordsOf } from './last-words.ts';
import { inState, root } from './layout.ts';
import { logOf } from './processes.ts';

export interface Command {
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** Hears every line of progress on stderr. */
  onLine?: (line: string) => void;
  /** Hears what the command tells its parent, where it has such a channel. */
  onMessage?: (message: unknown) => void;
}

// Enough for the whole story of a failed suite; a command that writes more has its log.
const KEPT_CHARACTERS = 400_000;

/** A command that did not end well. Its message has its last words, `output` the last of all that it wrote. */
export class CommandFailure extends OmlError {
  // Private, so that printing the error does not print all of it.
  readonly #output: string;

  constructor(name: string, end: string, output: string) {
    super('UNAVAILABLE', `${name} failed (${end}):\n${lastWordsOf(output)}`);
    this.#output = output;
  }

  get output(): string {
    return this.#output;
  }
}

/** Runs a command to its end and returns its standard output; output also goes to the command's log. */
export async function runCommand({ name, command, args, env, onLine, onMessage }: Command): Promise<string> {
  mkdirSync(inState('logs'), { recursive: true });
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(onMessage ? (['ipc'] as const) : [])],
  });
  if (onMessage) child.on('message', onMessage);
  const heard = listen(child, name, onLine);
  const end = await new Promise<string | undefined>((resolve) => {
    child.once('error', ({ message }) => resolve(`could not be started: ${message}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit ${code}`),
    );
  });
  if (end !== undefined) throw new CommandFailure(name, end, heard.all);
  return heard.out;
}

/** What a command writes, as it comes; every chunk also goes to its log. */
function listen(child: ChildProcess, name: string, onLine?: (line: string) => void): { out: string; all: string } {
  const heard = { out: '', all: '' };
  const keep = (text: string) => {
    appendFileSync(logOf(name), text);
    heard.all = `${heard.all}${text}`.slice(-KEPT_CHARACTERS);
  };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text;
    keep(text);
  });
  let rest = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    keep(text);
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) onLine?.(line.trim());
  });
  return heard;
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
