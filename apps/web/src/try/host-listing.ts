import { address, uint } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

const listingSchema = z.object({
  account: address,
  signer: address,
  models: z.array(
    z.object({
      model: z.string().min(1),
      kind: z.enum(['language', 'classifier']),
      licenseId: uint,
      modelId: uint,
      vault: address,
      token: address,
      price: uint,
    }),
  ),
});

export interface Offer {
  /** The name under which the gateway serves the model. */
  model: string;
  kind: 'language' | 'classifier';
  /** Smallest unit, per call. */
  price: bigint;
  vault: `0x${string}`;
  /** Round trip of the listing itself, as a first idea of distance. */
  latencyMs: number;
}

/**
 * What a host says about one license at its public address; undefined where it does not serve it. Throws where it does
 * not answer.
 */
export async function fetchOffer(
  endpoint: string,
  licenseId: bigint,
  signal?: AbortSignal,
): Promise<Offer | undefined> {
  const started = performance.now();
  const timeout = AbortSignal.timeout(4000);
  const response = await fetch(`${baseOf(endpoint)}/.well-known/oml`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`The host answered ${response.status}.`);
  const listing = listingSchema.parse(await response.json());
  const entry = listing.models.find((model) => model.licenseId === licenseId);
  return (
    entry && {
      model: entry.model,
      kind: entry.kind,
      price: entry.price,
      vault: entry.vault,
      latencyMs: Math.round(performance.now() - started),
    }
  );
}

/**
 * An endpoint from the chain, which anyone may write: http or https only, without a trailing slash. Throws for anything
 * else.
 */
export function baseOf(endpoint: string): string {
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('The host’s address is no web address.');
  return url.href.replace(/\/+$/, '');
}
