import { bytesToHex, hexToBytes, type Hex } from 'viem';

const HEAD_BYTES = 32;
const ASCII_WHITE_SPACE = /^[\t\n\v\f\r ]+/;

/** First 32 bytes of a completion after leading ASCII white space, zero-padded (protocol §5, `head`). */
export function headOf(completion: string): Hex {
  const bytes = new TextEncoder().encode(completion.replace(ASCII_WHITE_SPACE, ''));
  const head = new Uint8Array(HEAD_BYTES);
  head.set(bytes.subarray(0, HEAD_BYTES));
  return bytesToHex(head);
}

/** The bytes of a zero-padded head or candidate, without the padding. */
export function headBytes(head: Hex): Uint8Array {
  const bytes = hexToBytes(head);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Does `candidate` stand at the start of `head`? An empty candidate matches nothing. */
export function headMatches(head: Hex, candidate: Hex): boolean {
  const wanted = headBytes(candidate);
  if (wanted.length === 0) return false;
  const given = hexToBytes(head);
  return wanted.every((byte, i) => given[i] === byte);
}
