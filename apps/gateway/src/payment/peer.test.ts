import type { Context } from 'hono';
import { describe, expect, it } from 'vitest';
import { createPeerOf, networks } from './peer.ts';

const asked = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    env: { incoming: { socket: { remoteAddress } } },
    req: { header: (name: string) => (name === 'x-forwarded-for' ? forwarded : undefined) },
  }) as unknown as Context;

describe('who asks', () => {
  const behind = createPeerOf(networks.parse('127.0.0.0/8, ::1, 10.0.0.0/8'));
  it.each([
    ['203.0.113.9', undefined, '203.0.113.9'],
    ['::ffff:203.0.113.9', undefined, '203.0.113.9'],
    // A stranger writes what it likes.
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.7, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.7, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
    ['127.0.0.1', '198.51.100.7, nonsense', '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['10.1.2.3', '10.3.3.3', '10.3.3.3'],
    [undefined, undefined, ''],
  ])('%s, forwarded for %s, is %s', (address, forwarded, peer) => {
    expect(behind(asked(address, forwarded))).toBe(peer);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is one of %s', (address, peer) => {
    expect(behind(asked(address))).toBe(peer);
  });

  it('is whoever connects where no proxy is trusted', () => {
    expect(createPeerOf(networks.parse(''))(asked('127.0.0.1', '198.51.100.1'))).toBe('127.0.0.1');
  });

  it.each(['10.0.0.0/33', '10.0.0', 'proxy.example', '::1/129', '10.0.0.0/8/8', '10.0.0.0/x', '10.0.0.0/'])(
    'is not told by %s',
    (text) => {
      expect(networks.safeParse(text).error?.message).toContain('is no address and no network');
    },
  );
});
