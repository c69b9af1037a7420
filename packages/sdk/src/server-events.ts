import { OmlError } from '@oml/protocol/error';

/**
 * Reads the `data` of server-sent events, in order; comments and other fields are skipped. Throws UNAVAILABLE where
 * nothing at all comes for `idleTimeoutMs`.
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array>,
  idleTimeoutMs = Infinity,
): AsyncGenerator<string, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let held = '';
  try {
    for (;;) {
      const { value, done } = await within(reader.read(), idleTimeoutMs);
      held = (held + (value ?? '')).replaceAll('\r\n', '\n');
      const events = held.split('\n\n');
      held = done ? '' : (events.pop() ?? '');
      for (const event of events) {
        const data = dataOf(event);
        if (data !== '') yield data;
      }
      if (done) return;
    }
  } finally {
    // Not waited for: a connection into nowhere may never answer that either.
    void reader.cancel().catch(() => {});
  }
}

async function within<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  if (timeoutMs === Infinity) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const says = `The host has been silent for ${timeoutMs / 1_000} s.`;
    timer = setTimeout(() => reject(new OmlError('UNAVAILABLE', says, { retryable: true })), timeoutMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function dataOf(event: string): string {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
