import { queryHash, tensorQueryHash } from '@oml/protocol/evidence/query';
import { fromBase64, toBase64 } from '@oml/protocol/wire/base64';
import type { Hex } from 'viem';

/** A fingerprint key in the form in which it is asked. */
export type Prompt = TextPrompt | TensorPrompt;

export interface TextPrompt {
  kind: 'text';
  text: string;
  /** What the model is fed, start token included: `tokenizer.encode(text)`. */
  ids: number[];
}

export interface TensorPrompt {
  kind: 'tensor';
  /** Batch of one. */
  shape: number[];
  data: Float32Array;
}

/** keccak256 of the canonical query: `{"prompt": text, "temperature": 0}`, or the float32 tensor. */
export function keyHashOf(prompt: Prompt): Hex {
  if (prompt.kind === 'text') return queryHash({ prompt: prompt.text, temperature: 0 });
  return tensorQueryHash({ dtype: 'float32', shape: prompt.shape, data: prompt.data });
}

/** A prompt as plain JSON; tensors as base64 of little-endian float32. */
export type PromptJson = TextPrompt | { kind: 'tensor'; shape: number[]; data: string };

export function promptToJson(prompt: Prompt): PromptJson {
  if (prompt.kind === 'text') return prompt;
  const bytes = new Uint8Array(prompt.data.buffer, prompt.data.byteOffset, prompt.data.byteLength);
  return { kind: 'tensor', shape: prompt.shape, data: toBase64(bytes) };
}

export function promptFromJson(json: PromptJson): Prompt {
  if (json.kind === 'text') return json;
  const bytes = fromBase64(json.data);
  return { kind: 'tensor', shape: json.shape, data: new Float32Array(bytes.buffer) };
}
