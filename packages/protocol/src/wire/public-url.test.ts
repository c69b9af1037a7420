import { describe, expect, it } from 'vitest';
import { isPublicAddress, urlFault } from './public-url.ts';

const faultOf = (address: string) => urlFault(address, { allowPrivate: false });

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('says yes to %s', (ip) =>
    expect(isPublicAddress(ip)).toBe(true),
  );
  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '240.0.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    '::1',
    '::7f00:1',
    'fd00::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '0:0:0:0:0:ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    'localhost',
    '',
  ])('says no to %j', (ip) => expect(isPublicAddress(ip)).toBe(false));
});

describe('urlFault', () => {
  it.each(['https://host.example', 'http://8.8.8.8', 'https://host.example:8443/v1', 'http://[2606:4700::1111]:4301'])(
    'finds nothing in %s',
    (address) => expect(faultOf(address)).toBeUndefined(),
  );

  it.each(['file:///etc/passwd', 'ftp://host/x', 'javascript:alert(1)', 'data:text/plain,x', 'publisher.test', ''])(
    'refuses the address %j',
    (address) => expect(faultOf(address)).toMatch('no http(s) URL'),
  );

  it.each([
    'http://127.0.0.1',
    'http://localhost:80',
    'http://a.localhost.',
    'http://metadata.google.internal/computeMetadata/v1',
    'http://[::1]:8545',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:169.254.169.254]',
    'http://2130706433',
    'http://017700000001',
    'http://0177.0.0.1',
    'http://0x7f.1',
    'http://127.1',
    'http://①②⑦.0.0.1',
    'http://169.254.169.254/latest/meta-data/iam',
  ])('refuses %s outside of development', (address) => {
    expect(faultOf(address)).toMatch('not on the public internet');
    expect(urlFault(address, { allowPrivate: true })).toBeUndefined();
  });

  it.each(['http://host.example:22', 'https://host.example:25', 'http://host.example:6667', 'http://host.example:445'])(
    'refuses the port of %s',
    (address) => expect(faultOf(address)).toMatch(/port \d+ is none/),
  );

  it('refuses users and passwords', () => {
    expect(faultOf('https://user:pass@host.example')).toMatch('a user or a password');
  });
});
