import type { EditionContainer } from '@oml/protocol/wire/edition-container';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Hex } from 'viem';
import { tokenizerFiles } from './market.ts';

/** An edition as it is delivered: weights, with the tokenizer of fable-mini beside them. */
export function packed(model: Uint8Array, more: Record<string, Uint8Array> = {}): Uint8Array {
  const files = { 'model.onnx': model, ...tokenizerFiles, ...more };
  const container: EditionContainer = {
    files: Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
    ),
  };
  return gzipSync(JSON.stringify(container), { level: 1 });
}

export const digestOf = (container: Uint8Array): Hex => `0x${createHash('sha256').update(container).digest('hex')}`;
