import { OmlError } from '@oml/protocol/error';

/** More than any prompt or tensor that a host takes. */
const MOST_BYTES = 32 << 20;

/**
 * The same request with its body in hand, as a payment for it needs. Throws what the request was aborted with, and
 * REQUEST_TOO_LARGE for a body without end; nothing is sent then.
 */
export async function wholeRequest(request: Request): Promise<Request> {
  const { body, signal } = request;
  signal.throwIfAborted();
  if (!body) return request;
  const reader = body.getReader();
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  const parts: Uint8Array[] = [];
  try {
    for (let size = 0; ;) {
      const { value, done } = await Promise.race([reader.read(), aborted]);
      if (done) break;
      size += value.length;
      if (size > MOST_BYTES) throw new OmlError('REQUEST_TOO_LARGE', `The body is over ${MOST_BYTES} bytes.`);
      parts.push(value);
    }
  } catch (error) {
    void reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    aborted.catch(() => {});
  }
  const { method, headers, url } = request;
  return new Request(url, { method, headers, signal, body: new Blob(parts as Uint8Array<ArrayBuffer>[]) });
}
