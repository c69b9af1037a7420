import { OmlError } from '@oml/protocol/error';
import { HOST_LISTING_PATH, hostListingSchema, type HostListing } from '@oml/protocol/wire/host-listing';

/** Asks a gateway what it serves, and for how much. Throws UNAVAILABLE where no gateway answers. */
export async function readHost(baseUrl: string, send: typeof fetch = fetch): Promise<HostListing> {
  try {
    const response = await send(`${baseUrl}${HOST_LISTING_PATH}`);
    return hostListingSchema.parse(await response.json());
  } catch (cause) {
    throw new OmlError('UNAVAILABLE', `There is no OML gateway at ${baseUrl}.`, { retryable: true, cause });
  }
}
