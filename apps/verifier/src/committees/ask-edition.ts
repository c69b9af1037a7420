import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { editionMessage, type EditionOrder } from './edition-message.ts';

const PROGRAM = new URL('./edition-process.ts', import.meta.url);

export interface EditionLimits {
  timeoutMs: number;
  /** Of memory that the process holds, its weights and those of the engine. */
  maxBytes: number;
  signal: AbortSignal;
}

export interface EditionAnswers {
  /** Which questions it answered as they must be, by the way it was run. */
  repeated: Map<string, Set<number>>;
  /** Why it ended before it was through. */
  ended?: string;
}

/**
 * Asks an edition in a process of its own, which holds no key and no secret of this one: the file is a stranger's and
 * the engine native, so it may abort, hang, or take all the memory there is. What it repeated until then counts.
 */
export async function askEdition(
  order: EditionOrder,
  { timeoutMs, maxBytes, signal }: EditionLimits,
  program: URL = PROGRAM,
): Promise<EditionAnswers> {
  const repeated: EditionAnswers['repeated'] = new Map();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = fork(program, {
    execArgv: ['--max-old-space-size=2048'],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const over = new AbortController();
  child.on('message', (message) => {
    const { data } = editionMessage.safeParse(message);
    if (data?.type === 'repeated' && data.i < order.questions.length)
      repeated.set(data.run, (repeated.get(data.run) ?? new Set<number>()).add(data.i));
    else if (data?.type === 'end') resolve(undefined);
    else resolve(`it failed: ${data?.type === 'failed' ? data.code : 'it says what we do not know'}`);
  });
  child.once('error', () => resolve('its process could not be started'));
  child.once('close', (code, died) => resolve(`its process ended with ${died ?? code}`));
  // A process that is gone already is told by 'close'.
  child.send(order, () => {});
  signal.addEventListener('abort', () => resolve('this verifier stopped'), { signal: over.signal });
  void sleep(timeoutMs, 'it took too long', { signal: over.signal }).then(resolve, () => {});
  void watchMemory(child.pid, maxBytes, over.signal).then(resolve, () => {});
  const ended = await promise;
  over.abort();
  child.kill('SIGKILL');
  signal.throwIfAborted();
  return { repeated, ...(ended === undefined ? {} : { ended }) };
}

const LOOK_MS = 100;

/** Resolves once a process holds more than it may, as Linux tells; elsewhere the system's own limits hold. */
async function watchMemory(pid: number | undefined, maxBytes: number, signal: AbortSignal): Promise<string> {
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal });
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024 > maxBytes) return 'it took too much memory';
  }
}
