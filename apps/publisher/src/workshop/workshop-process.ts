import { isOmlError } from '@oml/protocol/error';
import { jobs, type JobName } from './workshop-jobs.ts';
import type { JobRequest, OnProgress, WorkshopMessage } from './workshop-message.ts';

/** The program of a job's own process: takes one job from its parent, answers, and waits to be ended. */

const PROGRESS_EVERY_MS = 200;
const post = (message: WorkshopMessage): boolean => process.send!(message);

// Ctrl-C reaches the whole process group: the parent decides what becomes of its jobs. Without a parent there is nobody
// to work for.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.once('message', ({ name, input }: JobRequest) => void work(name as JobName, input as never));

async function work(name: JobName, input: never): Promise<void> {
  try {
    post({ type: 'done', result: await jobs[name](input, progressAtTimes()) });
  } catch (error) {
    post({ type: 'failed', error: described(error) });
  }
}

function progressAtTimes(): OnProgress {
  let lastAt = 0;
  return (progress) => {
    if (Date.now() - lastAt < PROGRESS_EVERY_MS) return;
    lastAt = Date.now();
    post({ type: 'progress', progress });
  };
}

function described(error: unknown): Extract<WorkshopMessage, { type: 'failed' }>['error'] {
  if (!isOmlError(error)) return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { code, message, retryable, details } = error;
  return { code, message, retryable, details };
}
