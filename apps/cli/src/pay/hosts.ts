import { licenseRegistryAbi } from '@oml/contracts/abis';
import { createLogTail } from '@oml/program/log-tail';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { urlFault } from '@oml/protocol/wire/public-url';
import { readOffers, type HostAddress, type Offer } from '@oml/sdk/market/offer';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';

/** Offers are read again after this. */
const FRESH_MS = 30_000;
const AT_ONCE = 16;
const LIMITS = { timeoutMs: 5_000, maxBytes: 256 << 10 };

/** What can be bought: of the hosts that are named, or of every license to serve that the chain has. */
export function offersOf(chain: Chain, named: readonly string[]): () => Promise<readonly Offer[]> {
  const { publicClient, deployment } = chain;
  const send = guardedFetch(guardFor(deployment, LIMITS));
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, strict: true } as const;
  const tail = { publicClient, startBlock: BigInt(deployment.deployedAtBlock) };
  const accepted = createLogTail({
    ...tail,
    read: (range) => publicClient.getContractEvents({ ...registry, ...range, eventName: 'LicenseAccepted' }),
  });
  const changed = createLogTail({
    ...tail,
    read: (range) => publicClient.getContractEvents({ ...registry, ...range, eventName: 'EndpointChanged' }),
  });

  /** Endpoints that nobody should ask are left out. */
  async function onChain(): Promise<HostAddress[]> {
    const [licenses, changes] = await Promise.all([accepted(), changed()]);
    const endpoints = new Map(changes.map(({ args }) => [args.licenseId, args.endpoint]));
    const hosts = licenses
      .map(({ args }) => args)
      .filter(({ kind }) => kind === TERMS_KIND.SERVE)
      .map(({ licenseId, endpoint }) => ({ licenseId, baseUrl: baseOf(endpoints.get(licenseId) ?? endpoint) }))
      .filter(({ baseUrl }) => urlFault(baseUrl, guardFor(deployment, {})) === undefined);
    const states = await Promise.all(
      hosts.map(({ licenseId }) =>
        publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] }),
      ),
    );
    return hosts.filter((_, i) => states[i]!.state === LICENSE_STATE.ACTIVE);
  }

  async function read(): Promise<Offer[]> {
    const hosts = named.length > 0 ? named.map((url) => ({ baseUrl: baseOf(url) })) : await onChain();
    const offers: Offer[] = [];
    for (let i = 0; i < hosts.length; i += AT_ONCE)
      offers.push(...(await readOffers(hosts.slice(i, i + AT_ONCE), { chain, send })));
    return offers;
  }

  let known: Promise<readonly Offer[]> | undefined;
  let readAt = 0;
  return () => {
    if (known && Date.now() - readAt < FRESH_MS) return known;
    readAt = Date.now();
    const before = known;
    // Where nothing can be read just now, what was read before is still worth a try.
    const next = read().catch((error: unknown) => {
      readAt = 0;
      if (before) return before;
      throw error;
    });
    return (known = next);
  };
}

const baseOf = (url: string): string => url.replace(/\/+$/, '').replace(/\/v1$/, '');
