import { describe, expect, it } from 'vitest';
import { isDomainOf, isImpersonation, isName } from './name.ts';

const REPORTER = '0x00000000000000000000000000000000000000A1';
const HOLDER = '0x00000000000000000000000000000000000000b2';
const parties = { reporter: REPORTER, holder: HOLDER } as const;

describe('a name', () => {
  it.each(['abc', 'open-ai', 'a1-b2-c3', 'x'.repeat(32)])('%s is well-formed', (text) =>
    expect(isName(text)).toBe(true),
  );
  it.each(['ab', 'Abc', '-abc', 'abc-', 'a--b', 'a_b', 'x'.repeat(33), 'аbc'])('%s is not', (text) =>
    expect(isName(text)).toBe(false),
  );
});

describe('the domain of a word', () => {
  it.each(['acme.com', 'acme.ai', 'acme', 'acme:8080'])('%s is of acme', (domain) =>
    expect(isDomainOf('acme', domain)).toBe(true),
  );
  it.each(['acme.github.io', 'www.acme.com', 'acme-inc.com', 'com.acme', 'acme.com/path', 'acme@evil.com'])(
    '%s is not',
    (domain) => expect(isDomainOf('acme', domain)).toBe(false),
  );
});

describe('a reported name', () => {
  it('impersonates whom its domain names, unless a domain names the holder', () => {
    const mine = { domain: 'acme.com', holder: REPORTER } as const;
    expect(isImpersonation('acme', parties, [mine])).toBe(true);
    expect(isImpersonation('acme', parties, [mine, { domain: 'acme.ai', holder: undefined }])).toBe(true);
    expect(isImpersonation('acme', parties, [mine, { domain: 'acme.ai', holder: HOLDER }])).toBe(false);
  });

  it('proves nothing without such a domain', () => {
    expect(isImpersonation('acme', parties, [])).toBe(false);
    expect(isImpersonation('acme', parties, [{ domain: 'acme.github.io', holder: REPORTER }])).toBe(false);
    expect(isImpersonation('acme', parties, [{ domain: 'acme.com', holder: HOLDER }])).toBe(false);
    expect(isImpersonation('acme', parties, [{ domain: 'acme.com', holder: undefined }])).toBe(false);
  });
});
