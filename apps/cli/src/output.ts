import { isOmlError, type OmlError } from '@oml/protocol/error';
import { plainError } from '@oml/service/plain-error';
import { wordsOf } from './chain/refusal-words.ts';

export interface Terminal {
  /** Standard output: results only. */
  write(text: string): void;
  /** Standard error: progress, hints, failures. */
  tell(text: string): void;
  /** Is a person watching standard error? */
  isTerminal: boolean;
}

/** Where a command reports to. With --json, standard output holds one JSON document and nothing else. */
export interface Output {
  /** What is being done and how much of it (0 to 1); at most a few times a second. */
  progress(step: string, share: number): void;
  /** The result, as people read it or as JSON. */
  result(value: unknown, text: () => string): void;
  /** A result that is a document of its own, to the letter. */
  document(text: string): void;
  /** A remark that is no result. */
  note(text: string): void;
  fail(error: unknown): void;
}

const EVERY_MS = 100;
const BAR = 24;

export function openOutput(terminal: Terminal, json: boolean): Output {
  let shownAt = 0;
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) terminal.tell('\r\u001b[2K');
    isDrawn = false;
  };
  return {
    progress(step, share) {
      const now = performance.now();
      if (!terminal.isTerminal || now - shownAt < EVERY_MS) return;
      shownAt = now;
      const done = Math.round(BAR * Math.min(1, Math.max(0, share)));
      terminal.tell(`\r\u001b[2K${'█'.repeat(done)}${'░'.repeat(BAR - done)} ${step}`);
      isDrawn = true;
    },
    result(value, text) {
      clear();
      terminal.write(`${json ? toJson(value) : text().trimEnd()}\n`);
    },
    document(text) {
      clear();
      terminal.write(text);
    },
    note(text) {
      clear();
      terminal.tell(`${text}\n`);
    },
    fail(error) {
      clear();
      const { code, message, details } = describe(error);
      if (json) terminal.write(`${toJson({ error: { code, message, details } })}\n`);
      terminal.tell(`${code}: ${message}\n`);
    },
  };
}

/** Money and counters are bigint, weights typed arrays: both become what JSON has. */
function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, entry: unknown) =>
      typeof entry === 'bigint' ? String(entry) : ArrayBuffer.isView(entry) ? [...(entry as Float64Array)] : entry,
    2,
  );
}

function describe(error: unknown): { code: string; message: string; details: Record<string, unknown> } {
  if (isOmlError(error)) return { code: error.code, message: messageOf(error), details: error.details };
  const missing = error as NodeJS.ErrnoException;
  if (missing?.code === 'ENOENT')
    return { code: 'NOT_FOUND', message: `There is no ${missing.path}. Check the path.`, details: {} };
  if (missing?.code === 'EACCES')
    return { code: 'UNAUTHORIZED', message: `${missing.path} may not be read or written by this user.`, details: {} };
  const { code, message, details } = plainError(error);
  return { code, message, details };
}

/** A contract's own error in words, with what to do; the details keep its name and values. */
function messageOf({ message, details }: OmlError): string {
  const { errorName, errorArgs } = details as { errorName?: unknown; errorArgs?: Record<string, string> };
  return typeof errorName === 'string' ? wordsOf({ errorName, errorArgs: errorArgs ?? {} }) : message;
}
