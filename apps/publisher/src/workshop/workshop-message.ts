import type { OmlErrorCode } from '@oml/protocol/error';

/** How far a job is: the part of it that is being done, and the share of that part, 0 to 1. */
export interface Progress {
  part: string;
  share: number;
}
export type OnProgress = (progress: Progress) => void;

/** What a job's process is given, once. */
export interface JobRequest {
  name: string;
  input: unknown;
}

/** What it sends back. */
export type WorkshopMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'done'; result: unknown }
  | {
      type: 'failed';
      error: {
        code?: OmlErrorCode;
        message: string;
        retryable?: boolean;
        details?: Record<string, unknown> | undefined;
      };
    };
