import { OmlError } from '@oml/protocol/error';
import type { Backend } from './backends.ts';

// An engine's address is the host's own word; what comes back from it is a stranger's.

/** Whole answers above this are refused, and lines and streams of events. */
const LIMITS = { answerBytes: 4 << 20, lineBytes: 256 << 10, streamBytes: 16 << 20 };
/** However slowly an engine drips, it ends. */
const MOST_MS = 600_000;

type Json = Record<string, unknown>;

/** The engine cannot be used for this call. What it says of one may hold the prompt, so it is not repeated. */
export const engineFailed = (why: string, cause?: unknown): OmlError =>
  new OmlError('UNAVAILABLE', `The model's engine ${why}.`, { cause });

/** A word by which an engine names its own error, if it is no more than a word. */
const WORD = /^[A-Za-z][\w.-]{0,59}$/;

/** How an engine names its error: OpenAI's `type` or `code`; empty where it does not. */
export function errorName(body: unknown): string {
  const { error, type, code } = (body ?? {}) as Json;
  const inner = typeof error === 'object' && error !== null ? (error as Json) : { type, code };
  const name = [inner['type'], inner['code']].find((word) => typeof word === 'string' && WORD.test(word));
  return name === undefined ? '' : ` (${String(name)})`;
}

interface Asking {
  path: string;
  /** Undefined: a GET. */
  body?: Json;
  signal?: AbortSignal | undefined;
}

interface Opened {
  response: Response;
  /** Gives up if nothing more comes in time; again pushes that out. */
  heard(): void;
  close(): void;
}

/** Asks an engine, which may not send us elsewhere. Throws UNAVAILABLE, ABORTED. */
async function open(backend: Backend, { path, body, signal }: Asking, accept: string): Promise<Opened> {
  const silence = new AbortController();
  const giveUp = () => silence.abort(engineFailed(`was silent for ${backend.timeoutMs} ms`));
  let timer = setTimeout(giveUp, backend.timeoutMs);
  const close = () => {
    clearTimeout(timer);
    silence.abort();
  };
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, backend.timeoutMs);
  };
  try {
    const response = await fetch(`${backend.url}${path}`, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(backend.apiKey ? { authorization: `Bearer ${backend.apiKey}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.any([silence.signal, AbortSignal.timeout(MOST_MS), ...(signal ? [signal] : [])]),
    });
    heard();
    return { response, heard, close };
  } catch (error) {
    close();
    throw whyOf(error, signal);
  }
}

function whyOf(error: unknown, signal: AbortSignal | undefined): OmlError {
  if (error instanceof OmlError) return error;
  if (signal?.aborted) return new OmlError('ABORTED', 'The completion was cancelled.', { cause: error });
  return engineFailed('does not answer', error);
}

/** The bytes of an answer, at most so many. */
async function* bytesOf({ response, heard }: Opened, mostBytes: number): AsyncGenerator<Uint8Array> {
  let left = mostBytes;
  for await (const bytes of response.body ?? []) {
    heard();
    left -= bytes.length;
    if (left < 0) throw engineFailed(`answered more than ${mostBytes} bytes`);
    yield bytes;
  }
}

async function readJsonBody(opened: Opened): Promise<unknown> {
  const type = opened.response.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw engineFailed('answered something else than JSON');
  const chunks: Uint8Array[] = [];
  for await (const bytes of bytesOf(opened, LIMITS.answerBytes)) chunks.push(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw engineFailed('answered what is no JSON', cause);
  }
}

async function checkStatus(opened: Opened): Promise<void> {
  const { status } = opened.response;
  if (status === 200) return;
  if (status >= 300 && status < 400) throw engineFailed('sends callers elsewhere, which is not followed');
  const body = await readJsonBody(opened).catch(() => undefined);
  throw engineFailed(`refused the call with ${status}${errorName(body)}`);
}

/** One whole JSON answer. Throws UNAVAILABLE, ABORTED. */
export async function askEngine(backend: Backend, asking: Asking): Promise<unknown> {
  const opened = await open(backend, asking, 'application/json');
  try {
    await checkStatus(opened);
    return await readJsonBody(opened);
  } catch (error) {
    throw whyOf(error, asking.signal);
  } finally {
    opened.close();
  }
}

/** The JSON of each event of a stream, up to `[DONE]` or its end. Leaving hangs up. Throws UNAVAILABLE, ABORTED. */
export async function* engineEvents(backend: Backend, asking: Asking): AsyncGenerator<unknown, void, undefined> {
  const opened = await open(backend, asking, 'text/event-stream');
  try {
    await checkStatus(opened);
    const type = opened.response.headers.get('content-type') ?? '';
    if (!/^text\/event-stream\b/i.test(type)) throw engineFailed('answered something else than a stream of events');
    for await (const line of linesOf(bytesOf(opened, LIMITS.streamBytes))) {
      const data = /^(?:data|error): ?(.*)$/.exec(line)?.[1];
      if (data === undefined) continue;
      if (data.trim() === '[DONE]') return;
      yield parseEvent(data);
    }
  } catch (error) {
    throw whyOf(error, asking.signal);
  } finally {
    opened.close();
  }
}

function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw engineFailed('sent an event that is no JSON', cause);
  }
}

/** Lines of UTF-8, ended by any of LF, CRLF; a last one that is not ended is left out. */
async function* linesOf(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const bytes of chunks) {
    rest += decodeWith(decoder, bytes);
    const lines = rest.split('\n');
    rest = lines.pop()!;
    if (rest.length > LIMITS.lineBytes) throw engineFailed('sent a line without an end');
    for (const line of lines) yield line.replace(/\r$/, '');
  }
}

function decodeWith(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw engineFailed('sent what is no UTF-8', cause);
  }
}
