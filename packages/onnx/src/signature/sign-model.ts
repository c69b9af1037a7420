import { OmlError } from '@oml/protocol/error';
import { fromBase64, toBase64 } from '@oml/protocol/wire/base64';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { fromDer, toDer } from './der.ts';
import { readStatement, type ModelStatement } from './statement.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Curves, each with the hash that belongs to it and the bytes of one coordinate. */
const CURVES = [
  { namedCurve: 'P-256', hash: 'SHA-256', size: 32 },
  { namedCurve: 'P-384', hash: 'SHA-384', size: 48 },
] as const;

/** WebCrypto's key, by a name that needs no browser types. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

interface CurveKey {
  key: Key;
  hash: { name: 'ECDSA'; hash: string };
  size: number;
}

/** A Sigstore bundle signed with a key, as OpenSSF Model Signing writes it (`model_signing verify key` reads it). */
export const signatureBundle = z.object({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.object({
    publicKey: z.object({ hint: z.string().nullish() }),
    tlogEntries: z.array(z.unknown()).optional(),
  }),
  dsseEnvelope: z.object({
    payload: z.base64(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.array(z.object({ sig: z.base64(), keyid: z.string().nullish() })).length(1),
  }),
});
export type SignatureBundle = z.infer<typeof signatureBundle>;

/**
 * Signs a statement with a P-256 or P-384 key in PKCS #8 PEM. `publicKeyPem` is its public half; its hash tells
 * verifiers which key to take.
 */
export async function signModel(
  statement: ModelStatement,
  privateKeyPem: string,
  publicKeyPem: string,
): Promise<SignatureBundle> {
  const { key, hash } = await importKey('pkcs8', privateKeyPem, 'sign');
  const payload = utf8ToBytes(JSON.stringify(statement));
  const signature = new Uint8Array(await crypto.subtle.sign(hash, key, envelopeBytes(payload)));
  return {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: hintOf(publicKeyPem) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: toBase64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: toBase64(toDer(signature)), keyid: '' }],
    },
  };
}

/**
 * Checks a bundle against a public key (SPKI PEM) and returns the statement; compare it with the files by
 * `compareFiles`. Throws SIGNATURE_INVALID.
 */
export async function verifyModel(bundle: unknown, publicKeyPem: string): Promise<ModelStatement> {
  const parsed = signatureBundle.safeParse(bundle);
  if (!parsed.success)
    throw invalid(`it is no Sigstore bundle made with a key (${parsed.error.issues[0]?.path.join('.')})`);
  const { verificationMaterial, dsseEnvelope } = parsed.data;
  const { hint } = verificationMaterial.publicKey;
  if (hint && hint !== hintOf(publicKeyPem)) throw invalid('it was made with another key than the one given');
  const payload = fromBase64(dsseEnvelope.payload);
  const { key, hash, size } = await importKey('spki', publicKeyPem, 'verify');
  const signature = fromDer(fromBase64(dsseEnvelope.signatures[0]!.sig), size);
  const good = signature && (await crypto.subtle.verify(hash, key, signature, envelopeBytes(payload)));
  if (!good) throw invalid('the key does not match');
  return readStatement(parseJson(payload));
}

const invalid = (reason: string): OmlError =>
  new OmlError('SIGNATURE_INVALID', `The model's signature does not hold: ${reason}.`, { details: { reason } });

/** DSSE pre-authentication encoding. */
function envelopeBytes(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    concatBytes(utf8ToBytes(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload),
  );
}

/** SHA-256 of the PEM text in its canonical form: lines of 64 characters, one line feed at the end. */
function hintOf(pem: string): string {
  const lines = toBase64(derOf(pem)).match(/.{1,64}/g) ?? [];
  return bytesToHex(sha256(utf8ToBytes(`-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`)));
}

async function importKey(format: 'pkcs8' | 'spki', pem: string, usage: 'sign' | 'verify'): Promise<CurveKey> {
  const der = derOf(pem);
  for (const { namedCurve, hash, size } of CURVES) {
    const key = await crypto.subtle
      .importKey(format, der, { name: 'ECDSA', namedCurve }, false, [usage])
      .catch(() => undefined);
    if (key) return { key, hash: { name: 'ECDSA', hash }, size };
  }
  throw new OmlError(
    'SIGNATURE_INVALID',
    `This is no P-256 or P-384 key in ${format === 'pkcs8' ? 'PKCS #8' : 'SPKI'} PEM form.`,
  );
}

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  const body = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem)?.[1];
  if (!body)
    throw new OmlError('SIGNATURE_INVALID', 'A key is wanted in PEM form: a text that starts with -----BEGIN.');
  return fromBase64(body.replace(/\s/g, ''));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw invalid('what was signed is no JSON');
  }
}
