import { deriveHex, readSecret } from '@oml/fingerprint/code-book/secret';
import { OmlError } from '@oml/protocol/error';
import { open, readFile } from 'node:fs/promises';
import { bytesToHex, isHex, type Hex } from 'viem';

/** The owner's secret from a file of hex. Secrets never stand on a command line. Throws NOT_FOUND, REQUEST_INVALID. */
export async function readSecretFile(path: string): Promise<Uint8Array> {
  const secret = await secretIn(path);
  if (!secret)
    throw new OmlError('NOT_FOUND', `There is no ${path}. Give the secret that this release was drafted with.`);
  return secret;
}

/** The same; where there is none yet, a new one that only its owner may read. */
export async function ensureSecretFile(path: string, note: (text: string) => void): Promise<Uint8Array> {
  const known = await secretIn(path);
  if (known) return known;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(`${bytesToHex(secret)}\n`);
  await file.close();
  note(`A new secret was written to ${path}. Keep a copy: without it nothing can be proven.`);
  return secret;
}

/** Tells one secret from another and gives neither away. */
export const secretMark = (secret: Uint8Array): Hex => deriveHex(secret, 'mark of this secret');

async function secretIn(path: string): Promise<Uint8Array | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const hex = text.trim();
  if (!isHex(hex) || hex.length % 2 !== 0 || hex.length < 34)
    throw new OmlError(
      'REQUEST_INVALID',
      `${path} holds no secret: one line of hex, 0x and at least 32 digits, is expected.`,
    );
  return readSecret(hex);
}
