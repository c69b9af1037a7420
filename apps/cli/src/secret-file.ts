import { readSecret } from '@oml/fingerprint/code-book/secret';
import { OmlError } from '@oml/protocol/error';
import { open, readFile } from 'node:fs/promises';
import { bytesToHex, isHex } from 'viem';

/** The owner's secret from a file of hex; a new one, readable by its owner alone, where there is none yet. Secrets never stand on a command line. */
export async function secretFrom(path: string, note: (text: string) => void): Promise<Uint8Array> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return create(path, note);
  const hex = text.trim();
  if (!isHex(hex)) throw new OmlError('REQUEST_INVALID', `${path} holds no secret: one line of hex that starts with 0x is expected.`);
  return readSecret(hex);
}

async function create(path: string, note: (text: string) => void): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(`${bytesToHex(secret)}\n`);
  await file.close();
  note(`A new secret was written to ${path}. Keep a copy: without it nothing can be proven.`);
  return secret;
}
