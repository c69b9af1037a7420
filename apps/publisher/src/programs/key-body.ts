import type { Prompt } from '@oml/fingerprint/subject/prompt';

/** The request whose canonical query is the key. */
export function keyBody(prompt: Prompt): Record<string, unknown> {
  if (prompt.kind === 'text') return { prompt: prompt.text, temperature: 0 };
  const { buffer, byteOffset, byteLength } = prompt.data;
  return {
    dtype: 'float32',
    shape: prompt.shape,
    data: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
  };
}
