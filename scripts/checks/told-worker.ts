import type { ChildProcess } from 'node:child_process';
import { relative } from 'node:path';
import { ForksPoolWorker, type PoolOptions, type WorkerRequest } from 'vitest/node';

/** What a test process left behind when something native ended it. */
export interface Crash {
  files: string[];
  /** A signal, or an exit code. */
  end: string;
  /** The last that this process, and no other, wrote on its error stream. */
  lastWords: string;
}

const KEPT_CHARACTERS = 8_000;

/**
 * A test process whose crash names the files that ran in it and what it said last. Vitest goes on with the other files
 * by itself, but mixes what all processes write.
 */
export class ToldWorker extends ForksPoolWorker {
  override readonly name = 'told-forks';
  readonly #root: string;
  #files: string[] = [];
  #lastWords = '';
  #isStopping = false;

  constructor(options: PoolOptions) {
    super(options);
    this.#root = options.project.vitest.config.root;
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'run')
      this.#files = message.context.files.map(({ filepath }) => relative(this.#root, filepath));
    super.send(message);
  }

  override async start(): Promise<void> {
    await super.start();
    // Private to Vitest, and its only place where one process can be told from another.
    const child = (this as unknown as { _fork: ChildProcess })._fork;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = `${this.#lastWords}${chunk.toString()}`.slice(-KEPT_CHARACTERS);
    });
    child.once('close', (code, signal) => {
      if (!this.#isStopping) tell({ files: this.#files, end: signal ?? `exit ${code}`, lastWords: this.#lastWords });
    });
  }

  override async stop(): Promise<void> {
    this.#isStopping = true;
    await super.stop();
  }
}

/** To the runner if there is one, and always to the person who reads the output. */
function tell(crash: Crash): void {
  process.send?.({ crash });
  console.error(sayCrash(crash));
}

export const sayCrash = ({ files, end, lastWords }: Crash): string =>
  `✗ the process of ${files.join(', ')} crashed (${end}); the last it wrote:\n${lastWords.trim() || '(nothing)'}`;
