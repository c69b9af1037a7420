import { describe, expect, it } from 'vitest';
import { decrypt, encrypt } from './envelope.ts';

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);
const SECRET = Buffer.from('an answer that was paid for');

describe('an envelope', () => {
  it('opens to what was put in', () => {
    expect(decrypt(KEY, encrypt(KEY, SECRET, 'payment 1'), 'payment 1')).toEqual(SECRET);
    expect(decrypt(KEY, encrypt(KEY, Buffer.alloc(0), ''), '')).toHaveLength(0);
  });

  it('is another one each time, and shows nothing of what is in it', () => {
    const envelope = encrypt(KEY, SECRET, 'payment 1');
    expect(envelope.equals(encrypt(KEY, SECRET, 'payment 1'))).toBe(false);
    expect(envelope.includes(SECRET)).toBe(false);
  });

  it('opens under no other key and in no other place', () => {
    const envelope = encrypt(KEY, SECRET, 'payment 1');
    expect(() => decrypt(OTHER_KEY, envelope, 'payment 1')).toThrow();
    expect(() => decrypt(KEY, envelope, 'payment 2')).toThrow();
  });

  it('does not open where a byte was changed or bytes are missing', () => {
    const envelope = encrypt(KEY, SECRET, 'payment 1');
    for (const at of [0, 12, 28, envelope.length - 1]) {
      const changed = Buffer.from(envelope);
      changed[at]! ^= 1;
      expect(() => decrypt(KEY, changed, 'payment 1')).toThrow();
    }
    for (const length of [0, 12, 20, 28, envelope.length - 1])
      expect(() => decrypt(KEY, envelope.subarray(0, length), 'payment 1')).toThrow();
  });
});
