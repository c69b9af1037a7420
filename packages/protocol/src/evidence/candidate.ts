import { bytesToHex, concatHex, hexToBytes, toHex, type Hex } from 'viem';
import { headBytes } from './head.ts';

/** Byte order of two zero-padded candidates: the order that the contract checks. */
export function compareCandidates(a: Hex, b: Hex): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0;
}

/**
 * Zero-pads an answer of 1 to 32 bytes into a candidate; undefined where it is empty, too long or holds a zero byte.
 */
export function candidateOf(answer: string): Hex | undefined {
  const bytes = new TextEncoder().encode(answer);
  if (bytes.length === 0 || bytes.length > 32 || bytes.includes(0)) return undefined;
  const padded = new Uint8Array(32);
  padded.set(bytes);
  return bytesToHex(padded);
}

/** Is `a` a prefix of `b`, both zero-padded? */
export function isPrefixOf(a: Hex, b: Hex): boolean {
  const short = headBytes(a);
  const long = headBytes(b);
  return short.length <= long.length && short.every((byte, i) => long[i] === byte);
}

/**
 * Strictly sorted, non-empty, and none a prefix of the next: since prefixes sort first, none is a prefix of any other.
 */
export function isCandidateList(candidates: readonly Hex[]): boolean {
  return candidates.every((candidate, i) => {
    if (headBytes(candidate).length === 0) return false;
    const next = candidates[i + 1];
    return next === undefined || (compareCandidates(candidate, next) < 0 && !isPrefixOf(candidate, next));
  });
}

/** Candidates as evidence shows them: each one byte of length, then so many bytes. */
export function packCandidates(candidates: readonly Hex[]): Hex {
  return concatHex(
    candidates.flatMap((candidate) => {
      const bytes = headBytes(candidate);
      return [toHex(bytes.length, { size: 1 }), bytesToHex(bytes)];
    }),
  );
}

/** Candidates from their packed form, zero-padded again; undefined where it is cut short or a length is not 1 to 32. */
export function unpackCandidates(packed: Hex): Hex[] | undefined {
  const bytes = hexToBytes(packed);
  const candidates: Hex[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes[at]!;
    const candidate = bytes.subarray(at + 1, at + 1 + size);
    if (size === 0 || size > 32 || candidate.length < size) return undefined;
    candidates.push(bytesToHex(candidate, { size: 32 }));
    at += 1 + size;
  }
  return candidates;
}
