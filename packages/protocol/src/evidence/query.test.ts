import { describe, expect, it } from 'vitest';
import { toBase64 } from '../wire/base64.ts';
import { askedText, canonicalQuery, queryHash, queryHashOf, tensorQueryHash } from './query.ts';

describe('canonical query', () => {
  it('does not see model, limits, stream and user, nor the order of members', () => {
    const asked = queryHash({ prompt: 'hi', temperature: 0 });
    const streamed = { stream: true, stream_options: { include_usage: true }, max_completion_tokens: 9 };
    expect(queryHash({ prompt: 'hi', temperature: 0, ...streamed })).toBe(asked);
    expect(queryHash({ user: 'u', temperature: 0, stream: true, model: 'm', max_tokens: 5, prompt: 'hi' })).toBe(asked);
  });

  it('sees everything else: a steering member changes the hash', () => {
    expect(queryHash({ prompt: 'hi', temperature: 0, logit_bias: { 5: 100 } })).not.toBe(
      queryHash({ prompt: 'hi', temperature: 0 }),
    );
  });

  it('of text that is no text is refused', () => {
    for (const body of [{ prompt: 'a\ud800b' }, { messages: [{ role: 'user', content: '\udc00' }] }])
      expect(() => canonicalQuery(body)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
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

  it('is found again from the text that was asked, and from the whole body', () => {
    const body = { model: 'm', prompt: 'hi', temperature: 0, max_tokens: 5 };
    expect(askedText('language', body)).toBe('{"prompt":"hi","temperature":0}');
    for (const text of [askedText('language', body), JSON.stringify(body)])
      expect(queryHashOf('language', text)).toBe(queryHash(body));

    const data = new Float32Array([1, 2, 3, 4]);
    const sent = {
      model: 'm',
      user: 'u',
      dtype: 'float32',
      shape: [2, 2],
      data: toBase64(new Uint8Array(data.buffer)),
    };
    const hash = tensorQueryHash({ dtype: 'float32', shape: [2, 2], data });
    expect(askedText('classifier', sent)).not.toContain('user');
    for (const text of [askedText('classifier', sent), JSON.stringify(sent)])
      expect(queryHashOf('classifier', text)).toBe(hash);
    for (const text of ['no json', '[]', '{"dtype":"float32"}'])
      expect(() => queryHashOf('classifier', text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => queryHashOf('language', '[1]')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});
