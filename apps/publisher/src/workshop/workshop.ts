import { OmlError } from '@oml/protocol/error';
import { startJob, type Job } from './workshop-job.ts';
import type { Jobs, JobName } from './workshop-jobs.ts';
import type { OnProgress } from './workshop-message.ts';

/**
 * Jobs that take a second stand in a queue of their own: nobody waits for an edition or a refusal behind an embedding.
 */
const SHORT: readonly JobName[] = ['inspect', 'verify', 'plan', 'edition'];
const PROGRAM = new URL('./workshop-process.ts', import.meta.url);

/** Runs heavy jobs in processes of their own, one long and one short at a time; this process goes on answering. */
export class Workshop {
  private readonly tails = {
    short: Promise.resolve() as Promise<unknown>,
    long: Promise.resolve() as Promise<unknown>,
  };
  private readonly inHand = new Set<Job>();
  private readonly program: URL;
  private closed = false;

  /** `program` does the jobs; another one is for tests. */
  constructor(program: URL = PROGRAM) {
    this.program = program;
  }

  /** Throws what the job throws; UNAVAILABLE (retryable) where its process died or the publisher stops. */
  run<Name extends JobName>(
    name: Name,
    input: Parameters<Jobs[Name]>[0],
    onProgress: OnProgress = () => {},
  ): Promise<Awaited<ReturnType<Jobs[Name]>>> {
    const lane = SHORT.includes(name) ? 'short' : 'long';
    const job = this.tails[lane].then(() => this.do(name, input, onProgress));
    this.tails[lane] = job.catch(() => {});
    return job as Promise<Awaited<ReturnType<Jobs[Name]>>>;
  }

  /** Ends the jobs in hand; they start again from their stored inputs after a restart. */
  async close(): Promise<void> {
    this.closed = true;
    for (const job of this.inHand) job.end(stopped());
    await Promise.all(Object.values(this.tails));
  }

  private async do(name: JobName, input: unknown, onProgress: OnProgress): Promise<unknown> {
    if (this.closed) throw stopped();
    const job = startJob(this.program, { name, input }, onProgress);
    this.inHand.add(job);
    try {
      return await job.result;
    } finally {
      this.inHand.delete(job);
    }
  }
}

const stopped = (): OmlError =>
  new OmlError('UNAVAILABLE', 'The publisher stopped before the job was done; it goes on after a restart.', {
    retryable: true,
  });
