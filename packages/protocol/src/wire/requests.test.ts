import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BUYER, HOST } from '../../test-support/receipt-fixture.ts';
import { auditRequestSchema } from './audit.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { readProbeGrant } from './probe-grant.ts';
import { probeRequestSchema, probeRequestToJson } from './probe-request.ts';
import { publicationSchema } from './publication.ts';
import { publishRequestSchema } from './publish-request.ts';
import { readJson, readRequest } from './read-request.ts';

const word: Hex = `0x${'ab'.repeat(32)}`;
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('requests', () => {
  it('are refused in one sentence that names every member', () => {
    const schema = z.strictObject({ a: z.int(), b: z.object({ c: z.string() }) });
    expect(() => readRequest(schema, { a: 'x', b: {} }, 'The order is refused')).toThrow(
      refused('REQUEST_INVALID', /^The order is refused: a: .*; b\.c: .*\.$/),
    );
    expect(() => readRequest(schema, 7)).toThrow(refused('REQUEST_INVALID', /^The request is refused: body: /));
    expect(() => readJson('{')).toThrow(refused('REQUEST_INVALID', /^The body is not JSON\.$/));
  });

  it('for probes come back as they were written', () => {
    const about = { account: HOST.address, modelId: 3n, release: 2, licenseIds: [4n, 9n] };
    const opening = { ...about, itemCount: 5, pairsRoot: word, salt: word };
    const request = { verifier: BUYER.address, batchId: word, opening, signature: '0x12' as Hex };
    expect(probeRequestSchema.parse(JSON.parse(JSON.stringify(probeRequestToJson(request))))).toEqual(request);
  });

  it('leave no member of a signed or ordered body unread', () => {
    for (const schema of [publishRequestSchema, probeRequestSchema, auditRequestSchema])
      fc.assert(fc.property(fc.anything(), (junk) => void expect(schema.safeParse(junk).success).toBe(false)));
    const order = { kind: 'paid-use', licenseId: '3' };
    expect(auditRequestSchema.parse(order)).toEqual({ ...order, licenseId: 3n, calls: 2, challenge: false });
    expect(auditRequestSchema.safeParse({ ...order, more: 1 }).success).toBe(false);
  });
});

describe('answers', () => {
  it('that are no grant or no publication are told from those that are', () => {
    expect(readProbeGrant('{')).toBeUndefined();
    expect(readProbeGrant('{"items":[{}]}')).toBeUndefined();
    expect(readProbeGrant('{"items":[]}')).toEqual({ items: [], decoys: [] });
    expect(publicationSchema.safeParse({ ok: true }).success).toBe(false);
    const steps = [{ name: 'draft', state: 'running', startedAt: 2, endedAt: null, progress: 0.4, part: 'keys' }];
    expect(publicationSchema.parse({ state: 'running', steps })).toMatchObject({ steps, transactions: [] });
  });

  it('carry bytes of any length as base64', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(fromBase64(toBase64(bytes))).toEqual(bytes)));
    const image = new Uint8Array(4 * 224 * 224 * 3).map((_, i) => i);
    expect(toBase64(image)).toBe(Buffer.from(image).toString('base64'));
  });
});
