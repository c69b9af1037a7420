import { OmlError } from '@oml/protocol/error';
import { fork, type ChildProcess } from 'node:child_process';
import type { JobRequest, OnProgress, WorkshopMessage } from './workshop-message.ts';

const LAST_LINES = 20;

/** One job in a process of its own. */
export interface Job {
  /** Throws what the job throws; UNAVAILABLE, with the last lines it wrote as cause, where its process dies. */
  result: Promise<unknown>;
  /** Ends the process; `result` then throws `reason`, unless it stands already. */
  end(reason: Error): void;
}

/**
 * Starts a job. It has a process and not a thread, because the inference engine is native: where it aborts, or where a
 * thread is ended while it works ("terminate called after throwing an instance of 'Napi::Error'"), everything in its
 * process dies.
 */
export function startJob(program: URL, request: JobRequest, onProgress: OnProgress): Job {
  const child = fork(program, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  const lastLines = keepLastLines(child);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  child.on('message', (message: WorkshopMessage) => {
    if (message.type === 'progress') return onProgress(message.progress);
    if (message.type === 'done') resolve(message.result);
    else reject(errorOf(message.error));
    child.kill('SIGKILL');
  });
  child.once('error', (cause) => reject(died(request.name, 'could not be started', cause)));
  child.once('close', (code, signal) =>
    reject(died(request.name, `ended with ${signal ?? code}`, new Error(lastLines() || 'It wrote nothing.'))),
  );
  // A process that is gone already is told by 'close'.
  child.send(request as object, () => {});
  return {
    result: promise,
    end(reason) {
      reject(reason);
      child.kill('SIGKILL');
    },
  };
}

/** Hands on what the process writes to stderr, and keeps its end: an abort leaves its reason there and nowhere else. */
function keepLastLines(child: ChildProcess): () => string {
  let kept = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    kept = (kept + text)
      .split('\n')
      .slice(-LAST_LINES - 1)
      .join('\n');
  });
  return () => kept.trim();
}

const died = (name: string, how: string, cause: Error): OmlError =>
  new OmlError('UNAVAILABLE', `The process of the job "${name}" ${how} before the job was done.`, {
    retryable: true,
    cause,
  });

function errorOf({ code, message, retryable, details }: Extract<WorkshopMessage, { type: 'failed' }>['error']): Error {
  if (code === undefined) return new Error(message);
  return new OmlError(code, message, {
    ...(retryable === undefined ? {} : { retryable }),
    ...(details ? { details } : {}),
  });
}
