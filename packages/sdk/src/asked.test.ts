import fc from 'fast-check';
import { queryHash, tensorQueryHash } from '@oml/protocol/evidence/query';
import { describe, expect, it } from 'vitest';
import { completionOf, queryHashOf, receiptOf } from './asked.ts';

describe('the query hash of a request', () => {
  it('leaves out what does not change the question', () => {
    const asked = { prompt: 'a', temperature: 0 };
    expect(queryHashOf({ ...asked, model: 'm', max_tokens: 5, stream: true, user: 'u' })).toBe(queryHash(asked));
    expect(queryHashOf({ ...asked, temperature: 1 })).not.toBe(queryHash(asked));
  });

  it('of a tensor is that of its values', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 20, noNaN: true }), (data) => {
        const base64 = Buffer.from(data.buffer).toString('base64');
        expect(queryHashOf({ dtype: 'float32', shape: [1, data.length], data: base64 })).toBe(
          tensorQueryHash({ dtype: 'float32', shape: [1, data.length], data }),
        );
      }),
    );
  });

  it('refuses bytes that are no tensor', () => {
    expect(() => queryHashOf({ dtype: 'float32', shape: [1], data: btoa('abc') })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});

describe('an answer', () => {
  it('is its text, or the decimal index of its class', () => {
    expect(completionOf({ choices: [{ text: ' fox' }] })).toBe(' fox');
    expect(completionOf({ object: 'classification', index: 7, label: 'seven' })).toBe('7');
    expect(() => completionOf({ object: 'something' })).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
  });

  it.each([
    ['under a class', { object: 'classification', index: 7, choices: [{ message: { content: 7 } }] }],
    ['under an output', { outputs: [{ name: 'label', data: [7] }], choices: [] }],
    ['beside the one that counts', { choices: [{ text: 'paid', message: { content: 'unpaid' } }] }],
  ])('has no text %s', (_, answer) => {
    expect(() => completionOf(answer)).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
  });

  it('without a receipt has none, and with a broken one is refused', () => {
    expect(receiptOf({}, null)).toBeUndefined();
    expect(() => receiptOf({ oml: {} }, null)).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
    expect(() => receiptOf({}, 'not base64 of JSON')).toThrow(expect.objectContaining({ code: 'RECEIPT_INVALID' }));
  });
});
