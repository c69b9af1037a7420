import { OmlError } from '@oml/protocol/error';
import { completionOfTexts } from '@oml/protocol/evidence/completion';
import { queryHash, tensorQueryHash } from '@oml/protocol/evidence/query';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { fromBase64 } from '@oml/protocol/wire/base64';
import { inferBody, tensorBodyOf } from '@oml/protocol/wire/infer-body';
import { readRequest } from '@oml/protocol/wire/read-request';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import type { Hex } from 'viem';

/** JSON body of a request to a gateway. */
export type RequestBody = Record<string, unknown>;

/**
 * The query hash of a request to a gateway: of the tensor it carries, or of its canonical JSON. Throws REQUEST_INVALID.
 */
export function queryHashOf(body: RequestBody): Hex {
  if ('inputs' in body) return queryHashOf({ ...tensorBodyOf(readRequest(inferBody, body)) });
  const { dtype, shape, data } = body;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || typeof data !== 'string') return queryHash(body);
  const bytes = fromBase64(data);
  if (dtype === 'uint8') return tensorQueryHash({ dtype, shape: shape as number[], data: bytes });
  if (dtype === 'float32' && bytes.length % 4 === 0)
    return tensorQueryHash({ dtype, shape: shape as number[], data: new Float32Array(bytes.buffer) });
  throw new OmlError('REQUEST_INVALID', `A tensor of dtype "${dtype}" with ${bytes.length} bytes cannot be asked.`);
}

/**
 * The completion that a receipt is about: the text of an answer, or the decimal top-1 index. Throws RECEIPT_INVALID for
 * another answer.
 */
export function completionOf(answer: unknown): string {
  const { object, index, choices, outputs } = (answer ?? {}) as {
    outputs?: { name?: unknown; data?: unknown[] }[];
    object?: string;
    index?: unknown;
    choices?: { text?: unknown; message?: { content?: unknown } }[];
  };
  // Whoever reads texts reads what the receipt is for.
  if (choices?.some(({ text, message }) => text !== undefined && typeof message?.content === 'string'))
    throw new OmlError('RECEIPT_INVALID', 'A choice of the answer has two texts, and the receipt is for one.');
  if (!choices && object === 'classification' && Number.isInteger(index)) return String(index);
  const label = outputs?.find(({ name }) => name === 'label')?.data?.[0];
  if (!choices && Number.isInteger(label)) return String(label);
  const texts = choices?.map(({ text, message }) => text ?? message?.content) ?? [];
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string'))
    throw new OmlError('RECEIPT_INVALID', 'The answer is neither a completion nor a classification.');
  return completionOfTexts(texts);
}

/** The receipt of a whole answer, from its header or its body; undefined where it has none. Throws RECEIPT_INVALID. */
export function receiptOf(answer: unknown, header: string | null): SignedReceipt | undefined {
  if (header) return decodeReceiptHeader(header);
  const oml = (answer as { oml?: unknown } | null)?.oml;
  return oml === undefined ? undefined : receiptFromJson(oml);
}
