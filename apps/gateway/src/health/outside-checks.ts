import { HOST_LISTING_PATH, hostListingSchema } from '@oml/protocol/wire/host-listing';
import { isPublicAddress } from '@oml/protocol/wire/public-url';
import { sentenceOf } from '@oml/service/error-facts';
import { fetchText } from '@oml/service/fetch-text';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { readListings } from '../license/listings.ts';
import type { Examined } from './chain-checks.ts';
import { fail, ok, warn, type Check, type Finding } from './check.ts';

const TIMEOUT_MS = 10_000;
const FEW_DAYS = 14;
const DAY_MS = 86_400_000;
const LIMITS = { timeoutMs: TIMEOUT_MS, maxBytes: 256 * 1024, allowPrivate: true };

/** Does the endpoint speak HTTPS, with a certificate that clients accept, for a while? */
export const checkTls = ({ publicUrl, isDev }: Examined): Check => {
  const { protocol, hostname, port } = new URL(publicUrl);
  return async () => {
    if (protocol !== 'https:')
      return isDev
        ? ok('The endpoint speaks HTTP: good enough on a dev chain.')
        : fail(
            `${publicUrl} is not HTTPS: anybody on the way reads prompts and payments.`,
            'Put a proxy with a certificate in front (the guide for hosts has one line for it) and set the endpoint to https://.',
          );
    const { expires, refusal } = await certificateOf(hostname.replace(/^\[|\]$/g, ''), Number(port || 443));
    if (refusal) return fail(`Clients refuse the certificate of ${hostname}: ${refusal}.`, 'Renew it at the proxy.');
    const days = Math.floor((expires - Date.now()) / DAY_MS);
    return days < FEW_DAYS
      ? warn(`The certificate of ${hostname} ends in ${days} days.`, 'See why the proxy does not renew it.')
      : ok(`The certificate of ${hostname} is good for ${days} days.`);
  };
};

function certificateOf(host: string, port: number): Promise<{ expires: number; refusal: string | undefined }> {
  const asked = { host, port, ...(isIP(host) ? {} : { servername: host }) };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...asked, rejectUnauthorized: false, timeout: TIMEOUT_MS }, () => {
      const { valid_to } = socket.getPeerCertificate();
      const refusal = socket.authorized ? undefined : String(socket.authorizationError);
      socket.destroy();
      resolve({ expires: Date.parse(valid_to), refusal });
    });
    socket.once('timeout', () => socket.destroy(new Error(`${host}:${port} does not answer`)));
    socket.once('error', reject);
  });
}

/**
 * Can others reach the endpoint, as far as this machine can tell, and is what answers there this host, with the models
 * of its own list?
 */
export const checkReach = (examined: Examined): Check => {
  const { publicUrl, isDev, account, signer, chain, dataDir } = examined;
  return async () => {
    const { hostname } = new URL(publicUrl);
    const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    const isOutside = addresses.every(({ address }) => isPublicAddress(address));
    const where: Omit<Finding, 'name'>[] =
      isOutside || isDev
        ? []
        : [
            fail(
              `${hostname} is ${addresses.map(({ address }) => address).join(', ')}, which nobody outside can reach.`,
              'Let its DNS name a public address.',
            ),
          ];
    let text: string;
    try {
      text = await fetchText(`${publicUrl}${HOST_LISTING_PATH}`, LIMITS);
    } catch (error) {
      const todo = 'Start it (oml host up), and see that proxy and firewall let HTTP through to PORT on HOST.';
      return [...where, fail(`${publicUrl} does not answer here: ${sentenceOf(error)}.`, todo)];
    }
    const listing = readListing(text);
    const here = readListings(dataDir);
    const there = listing?.models.map((of) => `${of.model} ${of.licenseId} ${of.price}`).sort();
    const own = here.map((of) => `${of.model} ${of.licenseId} ${of.price}`).sort();
    const { chainId } = chain.deployment;
    if (!listing || listing.account !== account || listing.chainId !== chainId)
      return [...where, fail(`What answers at ${publicUrl} is not this host.`, 'Point the proxy at this gateway.')];
    if (listing.signer !== signer || String(there) !== String(own))
      return [
        ...where,
        fail('The gateway that runs has another signer or other listings than the files here.', 'Restart oml host up.'),
      ];
    const says = `${publicUrl} answers with this host's ${own.length} models.`;
    return [...where, ok(isDev ? says : `${says} (Seen from this machine; ask from another network to be sure.)`)];
  };
};

function readListing(text: string) {
  try {
    return hostListingSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
