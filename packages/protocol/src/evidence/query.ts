import canonicalize from 'canonicalize';
import { bytesToHex, concatBytes, keccak256, stringToBytes, type Hex } from 'viem';
import { OmlError } from '../error.ts';

/** Members of a request that do not change what is asked (protocol §5, `queryHash`). */
const NOT_ASKED = new Set(['model', 'max_tokens', 'stream', 'user']);

/** The RFC 8785 form of a request body without `model, max_tokens, stream, user`. */
export function canonicalQuery(body: Record<string, unknown>): string {
  const asked = Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_ASKED.has(name)));
  const text = canonicalize(asked);
  if (text === undefined) throw new OmlError('REQUEST_INVALID', 'The request body has no canonical JSON form.');
  return text;
}

/** keccak256 of {@link canonicalQuery}: what a receipt and a code-book leaf call the question. */
export function queryHash(body: Record<string, unknown>): Hex {
  return keccak256(stringToBytes(canonicalQuery(body)));
}

export interface TensorQuery {
  dtype: 'float32' | 'uint8' | 'int64';
  /** Dimensions, row-major. */
  shape: readonly number[];
  data: Float32Array | Uint8Array | BigInt64Array;
}

/** keccak256 of dtype, shape and little-endian row-major bytes: the query hash of a tensor. */
export function tensorQueryHash({ dtype, shape, data }: TensorQuery): Hex {
  const count = shape.reduce((product, dim) => product * dim, 1);
  if (count !== data.length)
    throw new OmlError('REQUEST_INVALID', `A tensor of shape [${shape}] holds ${count} values, not ${data.length}.`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return keccak256(bytesToHex(concatBytes([stringToBytes(`${dtype}[${shape.join(',')}]`), bytes])));
}
