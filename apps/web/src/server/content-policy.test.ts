import { describe, expect, it } from 'vitest';
import { contentPolicy, nonceOf } from './content-policy.ts';

const policy = (options: Partial<Parameters<typeof contentPolicy>[0]> = {}) =>
  new Map(
    contentPolicy({ nonce: 'abc', origins: ['https://rpc.example'], allowsHttp: false, ...options })
      .split('; ')
      .map((rule) => [rule.slice(0, rule.indexOf(' ')), rule.slice(rule.indexOf(' ') + 1).split(' ')]),
  );

describe('contentPolicy', () => {
  it('runs scripts by nonce alone', () => {
    expect(policy().get('script-src')).toEqual(["'nonce-abc'", "'strict-dynamic'", "'wasm-unsafe-eval'"]);
    expect(contentPolicy({ nonce: 'abc', origins: [], allowsHttp: true })).not.toMatch(/script-src[^;]*'unsafe-/);
  });

  it('names the nonce that pages put on their own scripts', () => {
    expect(nonceOf(contentPolicy({ nonce: 'a+b/=', origins: [], allowsHttp: false }))).toBe('a+b/=');
    expect(nonceOf(null)).toBeUndefined();
  });

  it('asks plain http addresses on development chains alone', () => {
    expect(policy().get('connect-src')).toEqual(["'self'", 'https:', 'https://rpc.example']);
    expect(policy({ allowsHttp: true }).get('connect-src')).toContain('http:');
  });

  it('lets no other site frame, post to or rebase a page', () => {
    for (const rule of ['frame-ancestors', 'object-src', 'base-uri']) expect(policy().get(rule)).toEqual(["'none'"]);
    expect(policy().get('form-action')).toEqual(["'self'"]);
  });
});
