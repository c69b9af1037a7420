import { isOmlError, OmlError } from '@oml/protocol/error';
import { Worker } from 'node:worker_threads';
import type { Jobs, JobName } from './workshop-jobs.ts';
import type { OnProgress, WorkshopMessage } from './workshop-message.ts';

/**
 * Jobs that take a second stand in a queue of their own: nobody waits for an edition or a refusal behind an embedding.
 */
const SHORT: readonly JobName[] = ['inspect', 'verify', 'edition'];

/** Runs heavy jobs in worker threads, one long and one short at a time, so that the main thread goes on answering. */
export class Workshop {
  private readonly tails = {
    short: Promise.resolve() as Promise<unknown>,
    long: Promise.resolve() as Promise<unknown>,
  };
  private readonly workers = new Set<Worker>();
  private closed = false;

  /** Throws what the job throws; UNAVAILABLE where the worker died or the publisher stops. */
  run<Name extends JobName>(
    name: Name,
    input: Parameters<Jobs[Name]>[0],
    onProgress: OnProgress = () => {},
  ): Promise<Awaited<ReturnType<Jobs[Name]>>> {
    const lane = SHORT.includes(name) ? 'short' : 'long';
    const job = this.tails[lane].then(() => this.inWorker(name, input, onProgress));
    this.tails[lane] = job.catch(() => {});
    return job as Promise<Awaited<ReturnType<Jobs[Name]>>>;
  }

  /** Ends the jobs in hand; they start again from their stored inputs after a restart. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
    await Promise.all(Object.values(this.tails));
  }

  private inWorker(name: JobName, input: unknown, onProgress: OnProgress): Promise<unknown> {
    if (this.closed) throw stopped();
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./workshop-worker.ts', import.meta.url), { workerData: { name, input } });
      this.workers.add(worker);
      worker.on('message', (message: WorkshopMessage) => {
        if (message.type === 'progress') return onProgress(message.progress);
        if (message.type === 'done') resolve(message.result);
        else reject(errorOf(message.error));
        void worker.terminate();
      });
      worker.once('error', (cause) =>
        reject(isOmlError(cause) ? cause : new OmlError('INTERNAL', `The job "${name}" broke its worker.`, { cause })),
      );
      worker.once('exit', () => {
        this.workers.delete(worker);
        reject(stopped());
      });
    });
  }
}

const stopped = (): OmlError =>
  new OmlError('UNAVAILABLE', 'The publisher stopped before the job was done; it goes on after a restart.', {
    retryable: true,
  });

function errorOf({ code, message, retryable, details }: Extract<WorkshopMessage, { type: 'failed' }>['error']): Error {
  if (code === undefined) return new Error(message);
  return new OmlError(code, message, {
    ...(retryable === undefined ? {} : { retryable }),
    ...(details ? { details } : {}),
  });
}
