import { isOmlErrorCode, OmlError } from '@oml/protocol/error';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Program = 'onboard' | 'doctor' | 'main' | 'refund' | 'watchtower';

/** The gateway beside this command: apps do not import each other, they start each other. */
function fileOf(program: Program): string {
  const file = fileURLToPath(new URL(`../../../gateway/src/${program}.ts`, import.meta.url));
  if (existsSync(file)) return file;
  throw new OmlError(
    'NOT_FOUND',
    `The gateway is not in this installation: ${file} is missing. Clone the whole project.`,
  );
}

export interface Ran {
  code: number;
  out: string;
}

/** What a child is given: what Node and npm need, and what it is told; no other key that is in this environment. */
const basics = (): Record<string, string | undefined> =>
  Object.fromEntries(
    'PATH HOME TMPDIR LANG NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_COMPILE_CACHE LOG_LEVEL'
      .split(' ')
      .map((name) => [name, process.env[name]]),
  );

/** Runs one of the gateway's programs to its end; `onLine` hears its standard error. */
export function runProgram(
  program: Program,
  args: readonly string[],
  env: Record<string, string>,
  { onLine, signal }: { onLine(line: string): void; signal: AbortSignal },
): Promise<Ran> {
  const child = spawn(process.execPath, [fileOf(program), ...args], {
    env: { ...basics(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let out = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    lines.filter((line) => line !== '').forEach(onLine);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(signal.aborted ? new OmlError('ABORTED', 'Stopped.', { cause }) : cause));
    child.once('close', (code) => {
      if (rest !== '') onLine(rest);
      resolve({ code: code ?? 1, out });
    });
  });
}

const FAILURE = /^([A-Z][A-Z_]+): (.+)$/;

/** Is this line how a program says why it failed? */
export const isFailure = (line: string): boolean => isOmlErrorCode(FAILURE.exec(line)?.[1]);

/** What a program said on its way out. */
export function failureOf(said: readonly string[], exitCode: number): OmlError {
  const [, code, message] = FAILURE.exec(said.findLast(isFailure) ?? '') ?? [];
  return new OmlError(isOmlErrorCode(code) ? code : 'INTERNAL', message ?? said.slice(-3).join(' '), {
    retryable: exitCode === 75,
  });
}

/** Runs a service until it ends, or until this process is told to end. Throws UNAVAILABLE where it fails. */
export async function serve(
  env: Record<string, string>,
  signal: AbortSignal,
  program: 'main' | 'watchtower' = 'main',
): Promise<void> {
  const child = spawn(process.execPath, [fileOf(program)], { env: { ...basics(), ...env }, stdio: 'inherit' });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  process.once('SIGTERM', stop);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (ended) => resolve(ended ?? 0));
    });
    if (code !== 0)
      throw new OmlError('UNAVAILABLE', 'It ended; what it said last is why.', { retryable: code === 75 });
  } finally {
    process.removeListener('SIGTERM', stop);
  }
}
