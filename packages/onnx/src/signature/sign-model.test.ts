import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromDer, toDer } from './der.ts';
import { signModel, verifyModel } from './sign-model.ts';
import { compareFiles, readStatement, stateModel } from './statement.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const files = new Map([
  ['model.onnx', text('weights')],
  ['card/a.md', text('A')],
  ['card.md', text('B')],
  ['model.sig', text('old')],
  ['.git/HEAD', text('x')],
]);

async function keyPair(namedCurve = 'P-256'): Promise<{ privatePem: string; publicPem: string }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
  const pem = async (format: 'pkcs8' | 'spki', key: Parameters<typeof crypto.subtle.exportKey>[1], label: string) =>
    `-----BEGIN ${label}-----\n${Buffer.from(await crypto.subtle.exportKey(format, key)).toString('base64')}\n-----END ${label}-----\n`;
  return {
    privatePem: await pem('pkcs8', pair.privateKey, 'PRIVATE KEY'),
    publicPem: await pem('spki', pair.publicKey, 'PUBLIC KEY'),
  };
}

describe('a signed model', () => {
  it.each(['P-256', 'P-384'])('is verified with a key on %s and its files agree', async (curve) => {
    const { privatePem, publicPem } = await keyPair(curve);
    const bundle = await signModel(stateModel('tiny', files), privatePem, publicPem);
    const statement = await verifyModel(JSON.parse(JSON.stringify(bundle)), publicPem);
    expect(statement.subject[0].name).toBe('tiny');
    expect(statement.predicate.resources.map(({ name }) => name)).toEqual(['card/a.md', 'card.md', 'model.onnx']);
    expect(compareFiles(statement, files)).toEqual({ changed: [], missing: [], unsigned: [] });
  });

  it('names what changed, what is missing and what nobody signed', () => {
    const now = new Map([
      ['model.onnx', text('other weights')],
      ['card.md', text('B')],
      ['adapter.onnx', text('!')],
    ]);
    expect(compareFiles(stateModel('tiny', files), now)).toEqual({
      changed: ['model.onnx'],
      missing: ['card/a.md'],
      unsigned: ['adapter.onnx'],
    });
  });

  it('is refused with a changed statement, a changed signature or another key', async () => {
    const [own, other] = [await keyPair(), await keyPair()];
    const bundle = await signModel(stateModel('tiny', files), own.privatePem, own.publicPem);
    await expect(verifyModel(bundle, other.publicPem)).rejects.toThrow(/another key/);
    const unhinted = { ...bundle, verificationMaterial: { publicKey: {} } };
    await expect(verifyModel(unhinted, own.publicPem)).resolves.toBeDefined();
    await expect(verifyModel(unhinted, other.publicPem)).rejects.toThrow(/key does not match/);
    const forged = btoa(JSON.stringify(stateModel('tiny', new Map([['model.onnx', text('evil')]]))));
    await expect(
      verifyModel({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: forged } }, own.publicPem),
    ).rejects.toThrow(/key does not match/);
    await expect(verifyModel({ ...bundle, mediaType: 'text/plain' }, own.publicPem)).rejects.toThrow(
      /no Sigstore bundle/,
    );
    await expect(signModel(stateModel('tiny', files), 'no key', own.publicPem)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it('is refused where the digest of all files is not that of the files', () => {
    const statement = stateModel('tiny', files);
    expect(() =>
      readStatement({ ...statement, subject: [{ name: 'tiny', digest: { sha256: '0'.repeat(64) } }] }),
    ).toThrow(/contradicts itself/);
    expect(() => stateModel('empty', new Map())).toThrow(/no files/);
  });
});

describe('DER', () => {
  it('keeps every signature and refuses longer ways to write it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (raw) => {
        const der = toDer(raw);
        expect([...fromDer(der, 32)!]).toEqual([...raw]);
        expect(fromDer(Uint8Array.from([...der, 0]), 32)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const raw = fromDer(bytes, 32);
        if (raw) expect([...toDer(raw)]).toEqual([...bytes]);
      }),
    );
  });
});
