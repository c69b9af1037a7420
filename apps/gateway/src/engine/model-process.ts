import { OmlError } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { receiveError, sendError, type FromProcess, type Said, type ToProcess } from './process-talk.ts';

const MAIN = fileURLToPath(new URL('./process-main.ts', import.meta.url));
/** What an engine may need of the environment; keys and addresses are none of its business. */
const ENV = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'SystemRoot'];
/** One that dies at once is not started again at once. */
const LEAST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 30_000;
/** One that lived so long died of something else than its model. */
const LIVED_MS = 60_000;

export interface ProcessOptions {
  /** What runs in it; tests have others. */
  main?: string;
  /** One that has calls and says nothing for so long is hung: it is killed and started again. */
  silenceMs?: number;
}
const SILENCE_MS = 60_000;

type Listener = (said: Said) => void;
type Without<Message, Key extends string> = Message extends unknown ? Omit<Message, Key> : never;
type Asked = Without<Exclude<ToProcess, { cancel: true }>, 'call'>;

/** The process of one model, started anew when it dies. */
export class ModelProcess {
  /** Why every text is read whole for every token; undefined where caches are kept. */
  uncached: string | undefined;
  private readonly folder: string;
  private readonly main: string;
  private readonly silenceMs: number;
  private readonly logger: Logger;
  private readonly calls = new Map<number, Listener>();
  private nextCall = 0;
  /** The one that takes calls; undefined while it is opened, or opened again. */
  private child: ChildProcess | undefined;
  private opening: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  /** Kills the process unless it says something before. */
  private silence: NodeJS.Timeout | undefined;
  private pauseMs = LEAST_PAUSE_MS;
  private isClosed = false;

  private constructor(folder: string, logger: Logger, { main = MAIN, silenceMs = SILENCE_MS }: ProcessOptions) {
    this.folder = folder;
    this.main = main;
    this.silenceMs = silenceMs;
    this.logger = logger;
  }

  /** Opens the model of a folder. Throws what the model's opening throws, ENGINE_WRONG among it. */
  static async start(folder: string, logger: Logger, options: ProcessOptions = {}): Promise<ModelProcess> {
    const started = new ModelProcess(folder, logger, options);
    await started.open();
    return started;
  }

  /** Id of the process that takes calls; undefined between two. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Hands a call over; `listen` gets everything that is said to it. Throws UNAVAILABLE, retryable, while no process
   * runs.
   */
  ask(asked: Asked, listen: Listener): number {
    if (!this.child) throw died();
    const call = this.nextCall++;
    this.calls.set(call, listen);
    // Only one that is at work keeps the gateway's own process alive.
    if (this.calls.size === 1) {
      this.child.channel?.ref();
      this.watch(this.child);
    }
    this.tell({ call, ...asked });
    return call;
  }

  /** Takes a call off the list; one that is still being answered is broken off. */
  end(call: number): void {
    if (!this.calls.has(call)) return;
    this.tell({ call, cancel: true });
    this.drop(call);
  }

  /** Ends the process; calls in it fail. */
  async dispose(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.restart);
    clearTimeout(this.silence);
    const ending = [this.child, this.opening].filter((child) => child !== undefined);
    this.child = undefined;
    await Promise.all(ending.map(killed));
    this.fail();
  }

  private tell(message: ToProcess): void {
    // One that is gone has no ear; its exit fails what was in it.
    if (this.child?.connected) this.child.send(message, () => {});
  }

  private open(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    const env = Object.fromEntries(ENV.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    const child = fork(this.main, [this.folder], { env, execArgv: [], serialization: 'advanced' });
    const startedAt = performance.now();
    this.opening = child;
    child.on('message', (message: FromProcess) => {
      if ('said' in message) {
        for (const said of message.said) this.hear(said);
        if (this.calls.size > 0) this.watch(child);
      } else if ('failed' in message) {
        opened.reject(receiveError(message.failed));
        void killed(child);
      } else {
        this.opening = undefined;
        this.uncached = message.ready.uncached;
        this.child = child;
        child.unref();
        child.channel?.unref();
        opened.resolve();
      }
    });
    child.on('error', (error) => this.logger.error({ err: error, folder: this.folder }, 'a process of a model broke'));
    child.on('exit', (code, signal) => {
      opened.reject(died());
      if (this.opening === child) this.opening = undefined;
      if (this.child !== child) return;
      this.child = undefined;
      clearTimeout(this.silence);
      if (performance.now() - startedAt > LIVED_MS) this.pauseMs = LEAST_PAUSE_MS;
      this.logger.error({ code, signal, folder: this.folder }, 'the process of a model died; it is started again');
      this.fail();
      this.again();
    });
    return opened.promise;
  }

  private again(): void {
    if (this.isClosed) return;
    this.restart = setTimeout(() => {
      this.open().catch((error: unknown) => {
        this.logger.error({ err: error, folder: this.folder }, 'a model could not be opened again');
        this.again();
      });
    }, this.pauseMs);
    this.pauseMs = Math.min(MOST_PAUSE_MS, 2 * this.pauseMs);
  }

  /** From now on it has to say something now and then, until no call is left. */
  private watch(child: ChildProcess): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.logger.error({ folder: this.folder, ms: this.silenceMs }, 'the process of a model is hung; it is killed');
      child.kill('SIGKILL');
    }, this.silenceMs).unref();
  }

  private hear(said: Said): void {
    const listen = this.calls.get(said.call);
    if (said.error || said.classification || said.event?.type === 'end') this.drop(said.call);
    listen?.(said);
  }

  private drop(call: number): void {
    if (!this.calls.delete(call) || this.calls.size > 0) return;
    this.child?.channel?.unref();
    clearTimeout(this.silence);
  }

  private fail(): void {
    const calls = [...this.calls];
    this.calls.clear();
    for (const [call, listen] of calls) listen({ call, error: sendError(died()) });
  }
}

/** Ends a process, whatever it computes. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.ref();
  child.kill('SIGKILL');
  await exit;
}

const died = (): OmlError =>
  new OmlError('UNAVAILABLE', 'The engine of this model stopped and is started again: ask again in a moment.', {
    retryable: true,
    details: { retryAfter: 1 },
  });
