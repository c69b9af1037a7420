import { isOmlError } from '@oml/protocol/error';
import { parentPort, workerData } from 'node:worker_threads';
import { jobs, type JobName } from './workshop-jobs.ts';
import type { OnProgress, WorkshopMessage } from './workshop-message.ts';

const PROGRESS_EVERY_MS = 200;
const { name, input } = workerData as { name: JobName; input: never };
const post = (message: WorkshopMessage): void => parentPort!.postMessage(message);

let lastAt = 0;
const onProgress: OnProgress = (progress) => {
  if (Date.now() - lastAt < PROGRESS_EVERY_MS) return;
  lastAt = Date.now();
  post({ type: 'progress', progress });
};

try {
  post({ type: 'done', result: await jobs[name](input, onProgress) });
} catch (error) {
  const { code, retryable, details } = isOmlError(error) ? error : {};
  const message =
    error instanceof Error ? (code === undefined ? (error.stack ?? error.message) : error.message) : String(error);
  post({ type: 'failed', error: { message, ...(code ? { code, retryable: retryable!, details: details! } : {}) } });
}
