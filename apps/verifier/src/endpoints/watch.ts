import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { readQuote } from '@oml/sdk/quote';
import type { Chain } from '@oml/service/chain';
import { guardedFetch, type Guard } from '@oml/service/guarded-fetch';
import { isAddressEqual } from 'viem';
import type { Hosts, LicenseView, Served } from '../chain/hosts.ts';
import { ordinaryRequest } from '../programs/ordinary-requests.ts';
import type { Look } from './figures.ts';
import type { Looks } from './looks.ts';

export interface WatchParts {
  chain: Pick<Chain, 'deployment'>;
  hosts: Pick<Hosts, 'licenses' | 'served' | 'floorPrice'>;
  looks: Looks;
  guard: Guard;
  now?: () => number;
}

const AT_ONCE = 8;
/** More endpoints take turns. */
const MOST_OF_A_ROUND = 500;
const DOWN = { kind: 'look', tookMs: null, tokensPerSecond: null, asked: null, holds: null } as const;

/** Looks at every listed endpoint in turn, unpaid: each call is one round. */
export function createEndpointWatch(parts: WatchParts): () => Promise<void> {
  const { hosts, looks, now = Date.now } = parts;
  let turn = 0;
  return async () => {
    const active = (await hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
    const count = Math.min(MOST_OF_A_ROUND, active.length);
    const round = Array.from({ length: count }, (_, i) => active[(turn + i) % active.length]!);
    turn = active.length === 0 ? 0 : (turn + count) % active.length;
    const lane = async () => {
      for (let license = round.pop(); license; license = round.pop())
        await looks.add(license.licenseId, await lookAt(parts, license, now()));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await looks.forget(now());
  };
}

/** Whether the license's model is listed at its endpoint, and asks what the chain says. */
async function lookAt({ chain, hosts, guard }: WatchParts, license: LicenseView, at: number): Promise<Look> {
  const served = await hosts.served(license).catch(() => []);
  const listed = served.find(({ licenseId }) => licenseId === license.licenseId);
  if (!listed) return { ...DOWN, at, isUp: false };
  const { token } = chain.deployment.contracts;
  const [quote, floor] = await Promise.all([
    quoteAt(license.endpoint, listed, guard),
    hosts.floorPrice(license.termsId),
  ]);
  const payees = [listed.vault, ...(quote ? [quote.payTo] : [])];
  const tokens = [listed.token, ...(quote ? [quote.token] : [])];
  const holds =
    payees.every((payee) => isAddressEqual(payee, license.vault)) &&
    tokens.every((each) => isAddressEqual(each, token)) &&
    listed.modelId === license.modelId &&
    listed.price >= floor &&
    (quote?.ceiling ?? 0n) <= listed.price;
  return { ...DOWN, at, isUp: true, asked: quote?.ceiling ?? listed.price, holds };
}

/** What it would ask for an ordinary question; undefined where it gives no quotes. */
async function quoteAt(endpoint: string, listed: Served, guard: Guard) {
  const body = ordinaryRequest(listed, 'what does it cost', 0);
  return readQuote(endpoint, body as never, guardedFetch(guard)).catch(() => undefined);
}
