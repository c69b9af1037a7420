import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { OmlError } from '@oml/protocol/error';
import canonicalize from 'canonicalize';

/** What is measured with: bytes by their path, with `/`. */
export type DataFiles = ReadonlyMap<string, Uint8Array>;

/** SHA-256 of the RFC 8785 form of `{path: SHA-256 of its bytes}`: every byte and every name is in it. */
export function dataDigest(files: DataFiles): `0x${string}` {
  const each = Object.fromEntries([...files].map(([path, bytes]) => [path, bytesToHex(sha256(bytes))]));
  return `0x${bytesToHex(sha256(utf8ToBytes(canonicalize(each)!)))}`;
}

/** A file that a method needs. Throws REQUEST_INVALID, saying what is to be brought. */
export function needFile(files: DataFiles, path: string, what: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new OmlError('REQUEST_INVALID', `The data have no ${path}: ${what}.`);
  return bytes;
}

/** The text of a file. Throws REQUEST_INVALID where its bytes are no UTF-8. */
export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${path} is not text in UTF-8.`, { cause });
  }
}
