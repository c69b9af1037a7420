import canonicalize from 'canonicalize';
import { concatBytes, stringToBytes, type Hex } from 'viem';
import { z } from 'zod';
import { OmlError } from '../error.ts';
import { keccak } from '../keccak.ts';
import { tensorBody, tensorOf, type TensorBody } from '../wire/call-body.ts';
import type { ModelKind } from '../wire/model-kind.ts';
import { readJson, readRequest } from '../wire/read-request.ts';

/** Members of a request that do not change what is asked (protocol §5, `queryHash`). */
const NOT_ASKED = new Set(['model', 'max_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'user']);

/**
 * The RFC 8785 form of a request body without the members that do not change what is asked. Throws REQUEST_INVALID,
 * also for text that is no text: half a surrogate pair has no UTF-8.
 */
export function canonicalQuery(body: Record<string, unknown>): string {
  const asked = Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_ASKED.has(name)));
  const text = canonicalForm(asked);
  if (text === undefined) throw new OmlError('REQUEST_INVALID', 'The request body has no canonical JSON form.');
  return text;
}

function canonicalForm(asked: Record<string, unknown>): string | undefined {
  try {
    return canonicalize(asked);
  } catch {
    return undefined;
  }
}

/** keccak256 of {@link canonicalQuery}: what a receipt and a code-book leaf call the question. */
export function queryHash(body: Record<string, unknown>): Hex {
  return keccak(stringToBytes(canonicalQuery(body)));
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
  return keccak(concatBytes([stringToBytes(`${dtype}[${shape.join(',')}]`), bytes]));
}

/**
 * The text of what a body asks, from which {@link queryHashOf} gives its query hash: the canonical query, or the tensor
 * as it was sent.
 */
export function askedText(kind: ModelKind, body: Record<string, unknown>): string {
  return kind === 'language' ? canonicalQuery(body) : askedTensorText(readRequest(tensorBody, body));
}

/** The text of what a tensor asks, of a body that was read. */
export const askedTensorText = ({ dtype, shape, data }: TensorBody): string => JSON.stringify({ dtype, shape, data });

/** The query hash of what was asked, by its text or the whole body. Throws REQUEST_INVALID. */
export function queryHashOf(kind: ModelKind, body: string): Hex {
  const raw = readJson(body);
  if (kind === 'classifier') return tensorQueryHash(tensorOf(readRequest(tensorBody, raw)));
  return queryHash(readRequest(z.record(z.string(), z.unknown()), raw));
}
