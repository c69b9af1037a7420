import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { OmlError } from '@oml/protocol/error';
import { lastWordsOf } from './last-words.ts';
import { inState, root } from './layout.ts';

export interface Part {
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Drop to this user and group, for programs that refuse root. */
  user?: { uid: number; gid: number };
  stopSignal?: NodeJS.Signals;
}

interface Running {
  part: Part;
  child: ChildProcess;
  /** How it ended, in words. */
  exited: Promise<string>;
}

const running: Running[] = [];
let stopping = false;
const STOP_MS = 60_000;

export const logOf = (name: string) => inState('logs', `${name.replaceAll(' ', '-')}.log`);

/** Starts a part; its output goes to a log of its own. If it dies while the stack runs, `onDeath` hears of it. */
export function startPart(part: Part, onDeath: (why: OmlError) => void): void {
  mkdirSync(inState('logs'), { recursive: true });
  const log = openSync(logOf(part.name), 'a');
  const begin = fstatSync(log).size;
  // A group of its own, so that Ctrl-C reaches the starter alone and parts stop in order.
  const child = spawn(part.command, part.args, {
    cwd: part.cwd ?? root,
    env: { ...process.env, ...part.env },
    stdio: ['ignore', log, log],
    detached: true,
    ...part.user,
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(`could not be started: ${message}`));
    child.once('exit', (code, signal) => resolve(`ended by itself (${signal ?? `exit ${code}`})`));
  });
  const entry = { part, child, exited };
  running.push(entry);
  rememberPids();
  void exited.then((end) => {
    const at = running.indexOf(entry);
    if (at >= 0) running.splice(at, 1);
    if (!stopping)
      onDeath(new OmlError('UNAVAILABLE', `${part.name} ${end}; its last words:\n${lastWords(part.name, begin)}`));
  });
}

/** The end of what a part wrote to its log since it began at that byte, for people. */
function lastWords(name: string, begin: number): string {
  return lastWordsOf(readFileSync(logOf(name)).subarray(begin).toString('utf8'), 12);
}

/** Stops every part, last started first; what does not end in time is killed. */
export async function stopAll(): Promise<void> {
  stopping = true;
  for (const entry of running.toReversed()) await end(entry);
  rmSync(inState('pids.json'), { force: true });
}

async function end({ part, child, exited }: Running): Promise<void> {
  signal(child.pid, part.stopSignal ?? 'SIGTERM');
  const timer = setTimeout(() => signal(child.pid, 'SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
  // What the part itself had started goes with it.
  signal(child.pid, 'SIGKILL');
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // The group is gone already: nothing to stop.
  }
}

function rememberPids(): void {
  const pids = running.map(({ part, child }) => ({ name: part.name, pid: child.pid, program: part.command }));
  writeFileSync(inState('pids.json'), JSON.stringify(pids));
}

/** Ends what an earlier start left behind when it was killed itself. Only processes that still run the same program. */
export function endLeftovers(): void {
  let pids: { name: string; pid: number; program: string }[];
  try {
    pids = JSON.parse(readFileSync(inState('pids.json'), 'utf8'));
  } catch {
    return;
  }
  for (const { pid, program } of pids.toReversed()) if (commandOf(pid)?.includes(program)) signal(pid, 'SIGKILL');
  rmSync(inState('pids.json'), { force: true });
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
}
