import { describe, expect, it } from 'vitest';
import { addressed, readNamedAddress } from './model-address.ts';

describe('the address of a model', () => {
  it('is its names, or its number', () => {
    expect(addressed(7n, undefined)).toEqual({ address: '/models/7' });
    expect(addressed(7n, { owner: 'acme', name: 'tales' }).address).toBe('/models/acme/tales');
  });

  it('is read with the part of its page', () => {
    expect(readNamedAddress('/models/acme/tales')).toEqual({ owner: 'acme', name: 'tales', rest: '' });
    expect(readNamedAddress('/models/acme/tales/hosts')).toEqual({ owner: 'acme', name: 'tales', rest: '/hosts' });
    for (const path of ['/models', '/models/7', '/models/7/hosts', '/models/tales', '/models/a/b/c/d', '/hosts/a/b'])
      expect(readNamedAddress(path)).toBeUndefined();
  });
});
