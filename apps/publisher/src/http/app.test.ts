import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, KEYS, OUTSIDER } from '../../test-support/actors.ts';
import { startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';

let on: PublisherOnChain;
beforeAll(async () => void (on = await startPublisherOnChain({ options: { ORIGINS: 'https://market.example' } })));
afterAll(() => on?.stop());

describe('uploads', () => {
  it('are refused over 64 MiB before a byte of them is read', async () => {
    const wide = { method: 'PUT', body: new Uint8Array(8), headers: { 'content-length': String((64 << 20) + 1) } };
    expect((await on.publisher.app.request(`/uploads/${'ab'.repeat(32)}`, wide)).status).toBe(401);
    const long = { ...wide, method: 'POST' };
    expect((await on.publisher.app.request('/publications', long)).status).toBe(413);
  });

  it('may come from the pages that are named, and everybody may read a model', async () => {
    const allowed = async (path: string, origin: string, method = 'PUT') => {
      const headers = { origin, 'access-control-request-method': method };
      const answer = await on.publisher.app.request(path, { method: 'OPTIONS', headers });
      return answer.headers.get('access-control-allow-origin');
    };
    const upload = `/uploads/${'ab'.repeat(32)}`;
    expect(await allowed(upload, 'https://market.example')).toBe('https://market.example');
    expect(await allowed(upload, 'https://else.example')).toBeNull();
    expect(await allowed('/publications', 'https://else.example', 'POST')).toBeNull();
    const read = await on.publisher.app.request('/models', { headers: { origin: 'https://else.example' } });
    expect(read.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('that are not an ONNX model are refused before anything is spent', async () => {
    const body = await on.request();
    const model = await on.upload(new TextEncoder().encode('this is not a model'));
    const answer = await on.post({ ...body, files: { ...body.files, model } });
    expect(await answer.json()).toMatchObject({ code: 'MODEL_NOT_ONNX' });
    expect(answer.status).toBe(422);
    expect(await on.chain.as(KEYS.AGENT).publicClient.getTransactionCount({ address: AGENT.address })).toBe(0);
  });

  it('that a request names but nobody made are named', async () => {
    const body = await on.request();
    const answer = await on.post({ ...body, files: { ...body.files, model: 'ab'.repeat(32) } });
    expect(answer.status).toBe(404);
  });
});

describe('a publication request', () => {
  const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

  it('of somebody else than the named owner is refused', async () => {
    expect(await codeOf(await on.post(await on.request(), OUTSIDER))).toBe('UNAUTHORIZED');
  });

  it('of an owner who may not publish here is refused', async () => {
    const body = { ...(await on.request()), owner: OUTSIDER.address };
    expect(await codeOf(await on.post(body, OUTSIDER))).toBe('UNAUTHORIZED');
  });

  it('with a member that nobody reads is refused', async () => {
    expect(await codeOf(await on.post({ ...(await on.request()), model: 'x' } as never))).toBe('REQUEST_INVALID');
  });

  it('at a price that looks like a slip is refused, and taken where its owner says that it is meant', async () => {
    const request = await on.request();
    const dear = { ...request, terms: { ...request.terms, floorPrice: '2000000000' } };
    const refused = await on.post(dear);
    expect(await refused.json()).toMatchObject({
      code: 'REQUEST_INVALID',
      detail: expect.stringContaining('$2000.00'),
    });
    expect((await on.post({ ...dear, anyPrice: true })).status).toBe(202);
  });
});
