import type { HttpBindings } from '@hono/node-server';
import { splitUrls } from '@oml/service/options';
import type { Context } from 'hono';
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/**
 * Where a request comes from, as far as bounds are concerned: an IPv4 address, or the half of an IPv6 address that one
 * customer is given (/64). Nothing of it is logged or stored.
 */
export type PeerOf = (c: Context) => string;

/** Addresses and networks (`10.0.0.0/8`), separated by commas. */
export const networks = z
  .string()
  .transform(splitUrls)
  .transform((given, context) => {
    const list = new BlockList();
    for (const each of given)
      if (!add(list, each)) context.addIssue(`${each} is no address and no network such as 10.0.0.0/8`);
    return list;
  });

function add(list: BlockList, text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!family || rest.length > 0 || !(bits <= most)) return false;
  list.addSubnet(address, bits, family);
  return true;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  isIP(address) === 4 ? 'ipv4' : isIP(address) === 6 ? 'ipv6' : undefined;

/**
 * Of the connection; where that is a proxy that is trusted, of whom that says it was asked by, through as many such
 * proxies as there are. What a stranger writes into `X-Forwarded-For` stands further left and is not believed.
 */
export function createPeerOf(proxies: BlockList): PeerOf {
  const isProxy = (address: string) => {
    const family = familyOf(address);
    return family !== undefined && proxies.check(address, family);
  };
  return (c) => {
    let peer = plain((c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? '');
    const hops = isProxy(peer) ? (c.req.header('x-forwarded-for') ?? '').split(',').map(plain) : [];
    for (let hop = hops.pop(); hop !== undefined && isIP(hop) !== 0 && isProxy(peer); hop = hops.pop()) peer = hop;
    return isIP(peer) === 6 ? networkOf(peer) : peer;
  };
}

/** As IPv4 where it is that within IPv6, without a zone. */
const plain = (address: string): string =>
  address
    .trim()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '');

function networkOf(address: string): string {
  const [left = '', right] = address.toLowerCase().split('::');
  const before = left.split(':').filter(Boolean);
  const after = (right ?? '').split(':').filter(Boolean);
  const zeros = right === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
