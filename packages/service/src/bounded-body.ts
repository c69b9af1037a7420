import { OmlError } from '@oml/protocol/error';

export interface Bounds {
  maxBytes: number;
  /** It may pause for so long. */
  idleMs?: number | undefined;
  /** Breaks it off with its reason. */
  signal: AbortSignal;
  /** Once, when no more comes of it. */
  onEnd(): void;
}

/** The same bytes, read only as they are asked for; an error where there are too many, or none for too long. */
export function boundedBody(body: ReadableStream<Uint8Array>, bounds: Bounds): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { maxBytes, signal, onEnd } = bounds;
  const reader = body.getReader();
  let size = 0;
  const end = (error: unknown): void => {
    onEnd();
    // Not waited for: a connection into nowhere may never answer that either.
    void reader.cancel(error).catch(() => {});
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { value, done } = await nextOf(reader, bounds);
          if (done) {
            onEnd();
            return controller.close();
          }
          size += value.length;
          if (size > maxBytes) throw new OmlError('REQUEST_TOO_LARGE', `it is over ${maxBytes} bytes`);
          controller.enqueue(value as Uint8Array<ArrayBuffer>);
        } catch (error) {
          const why = signal.aborted ? signal.reason : error;
          end(why);
          throw why;
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>, { idleMs, signal }: Bounds) {
  signal.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort!: () => void;
  const broken = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (idleMs === undefined) return;
    const silent = new OmlError('UNAVAILABLE', `it is silent for ${idleMs / 1_000} s`, { retryable: true });
    timer = setTimeout(() => reject(silent), idleMs);
  });
  try {
    return await Promise.race([reader.read(), broken]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
