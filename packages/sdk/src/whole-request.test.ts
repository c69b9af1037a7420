import { describe, expect, it } from 'vitest';
import { wholeRequest } from './whole-request.ts';

const URL = 'http://host.test/v1/completions';
const streaming = (body: ReadableStream, signal?: AbortSignal) =>
  new Request(URL, { method: 'POST', body, duplex: 'half', signal: signal ?? null } as RequestInit);
const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) });

describe('wholeRequest', () => {
  it('is the same request', async () => {
    const headers = { 'content-type': 'application/json', 'x-app': 'notes' };
    const whole = await wholeRequest(new Request(URL, { method: 'POST', body: '{"a":1}', headers }));
    expect([whole.url, whole.method, whole.headers.get('x-app')]).toEqual([URL, 'POST', 'notes']);
    expect(whole.headers.get('content-type')).toBe('application/json');
    expect([await whole.clone().json(), await whole.text()]).toEqual([{ a: 1 }, '{"a":1}']);
    expect((await wholeRequest(new Request(URL))).method).toBe('GET');
  });

  it('refuses a body without end', async () => {
    await expect(wholeRequest(streaming(endless()))).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  it('ends with whoever asked, though the body says nothing', async () => {
    const leaving = new AbortController();
    const silent = wholeRequest(streaming(new ReadableStream(), leaving.signal));
    leaving.abort(new Error('left'));
    await expect(silent).rejects.toThrow('left');
  });
});
