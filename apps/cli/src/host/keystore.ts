import { OmlError } from '@oml/protocol/error';
import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { bytesToHex, concatBytes, hexToBytes, keccak256, type Hex } from 'viem';

/**
 * A 32-byte secret under a password, as the Web3 Secret Storage Definition (version 3) has it. geth, Foundry and
 * wallets read the same files.
 */
export interface Keystore {
  version: 3;
  id: string;
  /** Lower-case hex without 0x, where the secret is the key of an account. */
  address?: string;
  crypto: {
    cipher: 'aes-128-ctr';
    cipherparams: { iv: string };
    ciphertext: string;
    kdf: string;
    kdfparams: Record<string, string | number>;
    mac: string;
  };
}

// What geth calls standard is n = 2^18; half of it is a third of a second and 128 MB here.
const SCRYPT = { n: 1 << 17, r: 8, p: 1, dklen: 32 } as const;
/** A file that asks for more than this is not worked on. */
const MOST_MEMORY = 512 << 20;

/** Encrypts a secret. */
export async function encryptSecret(secret: Hex, password: string, address?: Hex): Promise<Keystore> {
  const salt = hexOf(randomBytes(32));
  const kdfparams = { ...SCRYPT, salt };
  const derived = await derive('scrypt', kdfparams, password);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(secret)), cipher.final()]);
  return {
    version: 3,
    id: randomUUID(),
    ...(address ? { address: address.slice(2).toLowerCase() } : {}),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: hexOf(iv) },
      ciphertext: hexOf(ciphertext),
      kdf: 'scrypt',
      kdfparams,
      mac: macOf(derived, ciphertext),
    },
  };
}

/** Decrypts what {@link encryptSecret} or another program wrote. Throws UNAUTHORIZED, REQUEST_INVALID. */
export async function decryptSecret(file: Keystore, password: string): Promise<Hex> {
  const { crypto } = file ?? {};
  if (file?.version !== 3 || crypto?.cipher !== 'aes-128-ctr')
    throw new OmlError('REQUEST_INVALID', 'It is no keystore of version 3 with aes-128-ctr.');
  const ciphertext = Buffer.from(crypto.ciphertext, 'hex');
  const derived = await derive(crypto.kdf, crypto.kdfparams, password);
  const [expected, given] = [macOf(derived, ciphertext), crypto.mac.replace(/^0x/, '').toLowerCase()];
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected)))
    throw new OmlError('UNAUTHORIZED', 'The password does not open it.');
  const iv = Buffer.from(crypto.cipherparams.iv, 'hex');
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  return bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
}

async function derive(kdf: string, params: Keystore['crypto']['kdfparams'], password: string): Promise<Buffer> {
  const salt = Buffer.from(String(params['salt']), 'hex');
  const [length, n, r, p, rounds] = ['dklen', 'n', 'r', 'p', 'c'].map((name) => Number(params[name]));
  if (length === 32 && kdf === 'scrypt' && 128 * n! * r! <= MOST_MEMORY && p! <= 16)
    return scryptKey(password, salt, 32, { N: n!, r: r!, p: p!, maxmem: 2 * MOST_MEMORY }).catch((cause: unknown) => {
      throw new OmlError('REQUEST_INVALID', 'Its scrypt parameters are none that this machine can use.', { cause });
    });
  if (length === 32 && kdf === 'pbkdf2' && params['prf'] === 'hmac-sha256' && rounds! <= 10_000_000)
    return promisify(pbkdf2)(password, salt, rounds!, 32, 'sha256');
  throw new OmlError('REQUEST_INVALID', 'Its key derivation is neither scrypt nor pbkdf2, or asks for too much.');
}

const scryptKey = (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key))),
  );

const macOf = (derived: Buffer, ciphertext: Buffer): string =>
  keccak256(concatBytes([derived.subarray(16, 32), ciphertext])).slice(2);

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
