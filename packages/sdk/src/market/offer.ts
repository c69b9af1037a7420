import type { Deployment } from '@oml/protocol/chain/deployment';
import type { ListedModel } from '@oml/protocol/wire/host-listing';
import { readHost } from '../host-listing.ts';
import { checkPayee, type ChainView } from '../payee-check.ts';

/** A model at one host, as the host lists it and the chain bears out. */
export interface Offer extends ListedModel {
  /** Of the host. */
  baseUrl: string;
  /** Of its listing: a first idea of its distance. */
  latencyMs: number;
}

/** A host, and what one of its licenses is; where the chain names it, what it lists beside that is not believed. */
export interface HostAddress {
  baseUrl: string;
  licenseId?: bigint;
}

/**
 * What hosts offer: those that answer, of licenses that are active and covered just now. A host that does not answer,
 * or lists what the chain does not know, offers nothing.
 */
export async function readOffers(
  hosts: readonly HostAddress[],
  { chain, send }: { chain: ChainView; send: typeof fetch },
): Promise<Offer[]> {
  const found = await Promise.all(
    hosts.map(async ({ baseUrl, licenseId }) => {
      const started = performance.now();
      const listing = await readHost(baseUrl, send).catch(() => undefined);
      const latencyMs = Math.round(performance.now() - started);
      if (listing?.chainId !== chain.deployment.chainId) return [];
      return listing.models
        .filter((listed) => licenseId === undefined || listed.licenseId === licenseId)
        .filter(({ token }) => isToken(token, chain.deployment))
        .map((listed): Offer => ({ ...listed, baseUrl, latencyMs }));
    }),
  );
  const checked = await Promise.all(
    found.flat().map(async (offer) => {
      const payee = await checkPayee(chain, offer.vault).catch(() => undefined);
      return payee?.licenseId === offer.licenseId && payee.modelId === offer.modelId ? [offer] : [];
    }),
  );
  return checked.flat();
}

const isToken = (token: string, { contracts }: Deployment): boolean =>
  token.toLowerCase() === contracts.token.toLowerCase();
