import { signToldEndpoints } from '@oml/protocol/signed/told-endpoints';
import { MOST_ENDPOINTS, type ToldEndpointsJson } from '@oml/protocol/wire/endpoint-figures';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Chain } from '@oml/service/chain';
import type { Hosts } from '../chain/hosts.ts';
import { figuresOf } from './figures.ts';
import type { Looks } from './looks.ts';

const KEPT_MS = 30_000;
const METHOD =
  'Each endpoint that the chain lists is asked unpaid, every few minutes, what it serves and what a question costs ' +
  '(looks, up, price). Answers are those that this verifier bought as any buyer does, from the request to the ' +
  'checked receipt, payment and settlement included; tokens per second are those of streamed answers between their first and ' +
  'last piece. The window is the last 24 hours.';

/** What this verifier found of every active license's endpoint, signed; worked out anew now and then. */
export function createEndpointTelling(
  { account, deployment }: Chain,
  hosts: Pick<Hosts, 'licenses'>,
  looks: Looks,
): () => Promise<ToldEndpointsJson> {
  let kept: { until: number; told: Promise<ToldEndpointsJson> } | undefined;
  async function tell(now: number): Promise<ToldEndpointsJson> {
    const active = (await hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
    const shown = active.slice(-MOST_ENDPOINTS);
    const known = await looks.of(shown.map(({ licenseId }) => licenseId));
    const endpoints = shown.flatMap(({ licenseId, modelId, endpoint }) => {
      const own = known.get(licenseId);
      return own ? [{ licenseId: String(licenseId), modelId: String(modelId), endpoint, ...figuresOf(own, now) }] : [];
    });
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
