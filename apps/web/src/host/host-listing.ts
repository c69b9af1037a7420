import { HOST_LISTING_PATH, hostListingSchema, type ListedModel } from '@oml/protocol/wire/host-listing';
import { urlFault } from '@oml/protocol/wire/public-url';

/** What a host lists for one license. */
export interface Listing extends Pick<ListedModel, 'model' | 'kind' | 'price' | 'vault'> {
  /** What a call costs follows from what it used: `price` is the most. */
  isMetered: boolean;
  /** Round trip of the listing itself, as a first idea of distance. */
  latencyMs: number;
}

/**
 * What a host says about one license at its public address; undefined where it does not serve it. Throws where it does
 * not answer.
 */
export async function fetchListing(
  { endpoint, licenseId }: { endpoint: string; licenseId: bigint },
  reach: Reach,
  signal?: AbortSignal,
): Promise<Listing | undefined> {
  const started = performance.now();
  const timeout = AbortSignal.timeout(4000);
  const response = await fetch(`${baseOf(endpoint, reach)}${HOST_LISTING_PATH}`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`The host answered ${response.status}.`);
  const { models } = hostListingSchema.parse(await response.json());
  const listed = models.find((model) => model.licenseId === licenseId);
  if (!listed) return undefined;
  const { model, kind, price, vault, metered } = listed;
  const latencyMs = Math.round(performance.now() - started);
  return { model, kind, price, vault, isMetered: metered !== undefined, latencyMs };
}

/** Private addresses are asked where the deployment is for development: `isDev`. */
export interface Reach {
  allowPrivate: boolean;
}

/**
 * An endpoint from the chain, which anyone may write, without a trailing slash. Throws for all but public web
 * addresses: a visitor's browser is not sent to machines of the visitor's own network.
 */
export function baseOf(endpoint: string, reach: Reach): string {
  const fault = urlFault(endpoint, reach);
  if (fault) throw new Error(`The host is not asked: ${fault}.`);
  return new URL(endpoint).href.replace(/\/+$/, '');
}
