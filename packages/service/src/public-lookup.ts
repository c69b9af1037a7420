import { isPublicAddress } from '@oml/protocol/wire/public-url';
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * A DNS lookup that answers addresses on the public internet only, all of them or none: the connection is made to what
 * was checked here, so a second answer cannot slip in.
 */
export const publicLookup =
  (lookup: typeof systemLookup = systemLookup): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refused = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address));
      if (refused) return callback(new Error(`${hostname} is not on the public internet`), '', 0);
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
