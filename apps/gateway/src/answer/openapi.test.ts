import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { OmlErrorCode } from '@oml/protocol/error';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arbitraryOf, type JsonSchema } from '../../test-support/schema-arbitrary.ts';
import { openUnpaidApp, type UnpaidApp } from '../../test-support/unpaid-app.ts';

interface Operation {
  requestBody?: { content: { 'application/json': { schema: { $ref: string } } } };
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } } | undefined> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

let host: UnpaidApp;
let document: Document;
let ajv: Ajv2020;
beforeAll(async () => {
  host = await openUnpaidApp();
  document = (await (await host.app.request('/openapi.json')).json()) as Document;
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
});
afterEach(() => host.refuseWith('PAYMENT_REQUIRED'));
afterAll(() => host?.stop());

/** What jurors and x402's own clients ask, each under rules of its own. */
const NO_BUYERS = /^GET \/v1\/(blames\/|(chat\/)?completions$|classify$)/;
const MODEL: Record<string, (body: object) => string> = {
  '/v1/completions': () => 'fable-mini',
  '/v1/chat/completions': () => 'chatty',
  '/v1/classify': () => 'digits',
  '/v1/embeddings': () => 'fable-mini',
  '/v1/quote': (body) => ('messages' in body ? 'chatty' : 'prompt' in body ? 'fable-mini' : 'digits'),
};
const QUOTE = '/v1/quote';
const urlOf = (path: string, name = 'digits') => path.replace('{name}', name);
const fits = (ref: string, value: unknown) =>
  ajv.validate({ $ref: `document${ref}` }, value) ? [] : [ajv.errorsText(), value];
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
const posts = () => operations().filter(({ method }) => method === 'POST');

describe('the OpenAPI document', () => {
  it('names every route of the app, and none that is not there', () => {
    expect(document.openapi).toBe('3.1.0');
    const served = host.app.routes
      .filter(({ path, method }) => method !== 'ALL' && /^\/v[12]/.test(path))
      .map(({ path, method }) => `${method} ${path.replace(/:(name|id)(\{.*\})?/, '{$1}')}`);
    const named = operations().map(({ path, method }) => `${method} ${path}`);
    expect(served.filter((route) => !named.includes(route) && !NO_BUYERS.test(route))).toEqual([]);
    expect(named.filter((route) => !served.includes(route))).toEqual([]);
  });

  it('is what is read: any body that fits it is asked to pay or refused in its words, before payment', async () => {
    for (const { path, operation } of posts()) {
      const { $ref } = operation.requestBody!.content['application/json'].schema;
      const schema = document.components.schemas[$ref.split('/').at(-1)!]!;
      const model = MODEL[path];
      await fc.assert(
        fc.asyncProperty(arbitraryOf(schema), async (drawn) => {
          const body = model ? { ...(drawn as object), model: model(drawn as object) } : drawn;
          expect(fits($ref, JSON.parse(JSON.stringify(body)))).toEqual([]);
          const before = host.asked();
          const answer = await host.app.request(urlOf(path), { method: 'POST', body: JSON.stringify(body) });
          // A quote is answered, and nobody is asked to pay.
          expect([400, path === QUOTE ? 200 : 402]).toContain(answer.status);
          expect(host.asked() - before).toBe(answer.status === 402 ? 1 : 0);
          const { content } = operation.responses[answer.status]!;
          const { schema } = (content!['application/problem+json'] ?? content!['application/json'])!;
          expect(fits(schema.$ref!, await answer.json())).toEqual([]);
        }),
        { numRuns: 120 },
      );
    }
  });

  it('is what is read: a body that lacks a member, or has one more, is refused by both', async () => {
    for (const { path, operation } of posts()) {
      const { $ref } = operation.requestBody!.content['application/json'].schema;
      for (const body of [{}, { made_up: 1 }, [], null, 'text']) {
        expect(fits($ref, body)).not.toEqual([]);
        const answer = await host.app.request(urlOf(path), { method: 'POST', body: JSON.stringify(body) });
        expect(answer.status).toBe(400);
      }
    }
  });
});

describe('each refusal that is documented', () => {
  const FITTING: Record<string, object> = {
    '/v1/completions': { model: 'fable-mini', prompt: 'A fox' },
    '/v1/chat/completions': { model: 'chatty', messages: [{ role: 'user', content: 'A fox' }] },
    '/v1/embeddings': { model: 'fable-mini', input: 'A fox' },
    '/v1/quote': { model: 'fable-mini', prompt: 'A fox' },
    '/v1/classify': { model: 'digits', dtype: 'uint8', shape: [1, 1, 28, 28], data: btoa('\0'.repeat(784)) },
    '/v2/models/{name}/infer': {
      inputs: [{ name: 'input', datatype: 'UINT8', shape: [1, 1, 28, 28], data: Array.from({ length: 784 }, () => 0) }],
    },
  };
  const refusedBy: Record<number, OmlErrorCode> = {
    402: 'PAYMENT_REQUIRED',
    409: 'IDEMPOTENCY_CONFLICT',
    503: 'UNAVAILABLE',
  };

  async function provoke(path: string, method: string, status: number): Promise<Response> {
    if (path.endsWith('{id}') && status !== 405) {
      const url = path.replace('{id}', status === 400 ? 'none' : `0x${'1'.repeat(64)}`);
      const headers: Record<string, string> = status === 404 ? { 'oml-signature': '0x1' } : {};
      return host.app.request(`${url}?asked_at=1`, { headers });
    }
    if (status === 405) return host.app.request(urlOf(path), { method: 'PUT' });
    if (method === 'GET') return host.app.request(urlOf(path, 'nobody'));
    const post = (body: string, name?: string) => host.app.request(urlOf(path, name), { method, body });
    if (status === 400) return post('{');
    if (status === 413) return post('x'.repeat(300_000));
    const body = FITTING[path]!;
    if (status === 404) return post(JSON.stringify('model' in body ? { ...body, model: 'nobody' } : body), 'nobody');
    host.refuseWith(refusedBy[status]!);
    return post(JSON.stringify(body));
  }

  it('occurs', async () => {
    for (const { path, method, operation } of operations())
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (status === '200') continue;
        const answer = await provoke(path, method, Number(status));
        expect([path, answer.status]).toEqual([path, Number(status)]);
        expect(fits(content!['application/problem+json']!.schema.$ref!, await answer.json())).toEqual([]);
      }
  });
});
