import ipaddr from 'ipaddr.js';

/** A browser's and Node's fetch refuse these outright (WHATWG Fetch, "bad port"), above the well-known ones. */
const BAD_PORTS = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
const WEB_PORTS: readonly number[] = [80, 443];
const FIRST_FREE_PORT = 1_024;

/**
 * What is wrong with an address that somebody else named; undefined where nothing is, as far as its text says: what its
 * name resolves to, only a lookup shows. Private and loopback addresses are for development alone.
 */
export function urlFault(address: string, { allowPrivate }: { allowPrivate: boolean }): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'its address is no http(s) URL';
  if (url.username !== '' || url.password !== '') return 'its address carries a user or a password';
  if (!isWebPort(url)) return `port ${url.port} is none that web servers use`;
  const host = hostOf(url);
  return allowPrivate || !isPrivateHost(host) ? undefined : `${host} is not on the public internet`;
}

/** Public by its number, and on every machine of Azure the way to that machine's secrets. */
const WIRE_SERVER = '168.63.129.16';

/** Is this IP address on the public internet? IPv4 inside IPv6 (`::ffff:…`) is judged as IPv4. */
export function isPublicAddress(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  if (address.range() !== 'unicast' || address.toString() === WIRE_SERVER) return false;
  // Of IPv6 only 2000::/3 is given out; what lies beside it embeds other addresses or is not routed.
  return address.kind() === 'ipv4' || address.toByteArray()[0]! >> 5 === 1;
}

/** The host of a URL as sockets take it: IPv6 without its brackets. URLs write decimal and octal hosts out. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const isWebPort = ({ port }: URL): boolean =>
  port === '' || WEB_PORTS.includes(Number(port)) || (Number(port) >= FIRST_FREE_PORT && !BAD_PORTS.has(Number(port)));

const isPrivateHost = (host: string): boolean =>
  ipaddr.isValid(host) ? !isPublicAddress(host) : /(?:^|\.)(?:localhost|local|internal)\.?$/.test(host);
