/**
 * ECDSA signatures: WebCrypto has r and s side by side, everybody else an ASN.1 sequence of two integers (X.690). `raw`
 * is r ‖ s; up to 48
 * bytes each, so that every length fits into one byte.
 */
export function toDer(raw: Uint8Array): Uint8Array {
  const size = raw.length / 2;
  const [r, s] = [integer(raw.subarray(0, size)), integer(raw.subarray(size))];
  return Uint8Array.from([0x30, r.length + s.length, ...r, ...s]);
}

/** DER to r ‖ s of `size` bytes each; undefined where it is not the one shortest encoding. */
export function fromDer(der: Uint8Array, size: number): Uint8Array<ArrayBuffer> | undefined {
  const rLength = der[3];
  if (rLength === undefined) return undefined;
  const r = der.subarray(4, 4 + rLength);
  const s = der.subarray(6 + rLength);
  const raw = new Uint8Array(2 * size);
  for (const [part, end] of [
    [r, size],
    [s, 2 * size],
  ] as const) {
    const digits = part[0] === 0 ? part.subarray(1) : part;
    if (digits.length > size) return undefined;
    raw.set(digits, end - digits.length);
  }
  const again = toDer(raw);
  return again.length === der.length && again.every((byte, i) => byte === der[i]) ? raw : undefined;
}

/** Positive and without leading zeros. */
function integer(bytes: Uint8Array): number[] {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? [0] : [...bytes.subarray(start)];
  const body = digits[0]! >= 0x80 ? [0, ...digits] : digits;
  return [0x02, body.length, ...body];
}
