import { signToldEndpoints } from '@oml/protocol/signed/told-endpoints';
import {
  LONGEST_ENDPOINT,
  MOST_ENDPOINTS,
  type EndpointFiguresJson,
  type ToldEndpointsJson,
} from '@oml/protocol/wire/endpoint-figures';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Chain } from '@oml/service/chain';
import type { Hosts } from '../chain/hosts.ts';
import { figuresOf } from './figures.ts';
import type { Looks } from './looks.ts';

const KEPT_MS = 60_000;
const METHOD =
  'Each endpoint that the chain lists is asked unpaid, every few minutes, what it serves and what a question costs ' +
  '(looks, up, price). Answers are those that this verifier bought as any buyer does, from the request to the ' +
  'checked receipt, payment and settlement included; tokens per second are those of streamed answers between their first and ' +
  'last piece. The window is the last 7 days.';

/** What this verifier found of every active license's endpoint, signed; worked out anew now and then. */
export function createEndpointTelling(
  { account, deployment }: Chain,
  hosts: Pick<Hosts, 'licenses'>,
  looks: Looks,
): () => Promise<ToldEndpointsJson> {
  let kept: { until: number; told: Promise<ToldEndpointsJson> } | undefined;
  async function tell(now: number): Promise<ToldEndpointsJson> {
    const active = (await hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
    const shown = active.filter(({ endpoint }) => endpoint.length <= LONGEST_ENDPOINT).slice(-MOST_ENDPOINTS);
    const endpoints: EndpointFiguresJson[] = [];
    // One after the other: of a thousand hosts all looks at once would fill the memory.
    for (const { licenseId, modelId, endpoint } of shown) {
      const own = await looks.of(licenseId);
      const about = { licenseId: String(licenseId), modelId: String(modelId), endpoint };
      if (own.length > 0) endpoints.push({ ...about, ...figuresOf(own, now) });
    }
    const told = { verifier: account!.address, method: METHOD, at: new Date(now).toISOString(), endpoints };
    const { chainId, contracts } = deployment;
    return signToldEndpoints(told, account!, { chainId, verifierRegistry: contracts.verifierRegistry });
  }
  return () => {
    const now = Date.now();
    if (!kept || kept.until < now) {
      const told = tell(now);
      kept = { until: now + KEPT_MS, told };
      told.catch(() => (kept = undefined));
    }
    return kept.told;
  };
}
