import type { OmlErrorCode } from '@oml/protocol/error';

/** How far a job is: the part of it that is being done, and the share of that part, 0 to 1. */
export interface Progress {
  part: string;
  share: number;
}
export type OnProgress = (progress: Progress) => void;

/** What the worker sends back. */
export type WorkshopMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'done'; result: unknown }
  | {
      type: 'failed';
      error: { code?: OmlErrorCode; message: string; retryable?: boolean; details?: Record<string, unknown> };
    };
