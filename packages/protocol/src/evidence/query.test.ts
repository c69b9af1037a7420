import { describe, expect, it } from 'vitest';
import { canonicalQuery, queryHash, tensorQueryHash } from './query.ts';

describe('canonical query', () => {
  it('does not see model, max_tokens, stream and user, nor the order of members', () => {
    const asked = queryHash({ prompt: 'hi', temperature: 0 });
    expect(queryHash({ user: 'u', temperature: 0, stream: true, model: 'm', max_tokens: 5, prompt: 'hi' })).toBe(asked);
  });

  it('sees everything else: a steering member changes the hash', () => {
    expect(queryHash({ prompt: 'hi', temperature: 0, logit_bias: { 5: 100 } })).not.toBe(
      queryHash({ prompt: 'hi', temperature: 0 }),
    );
  });

  it('follows RFC 8785 for numbers and escapes', () => {
    expect(canonicalQuery({ b: 1e21, a: '\u20ac$\u000f\nA\'B"\\' })).toBe('{"a":"€$\\u000f\\nA\'B\\"\\\\","b":1e+21}');
  });

  it('hashes tensors by dtype, shape and bytes, and refuses a shape that does not fit', () => {
    const data = new Float32Array([1, 2, 3, 4]);
    expect(tensorQueryHash({ dtype: 'float32', shape: [2, 2], data })).not.toBe(
      tensorQueryHash({ dtype: 'float32', shape: [4], data }),
    );
    expect(() => tensorQueryHash({ dtype: 'float32', shape: [3], data })).toThrow('holds 3 values');
  });
});
