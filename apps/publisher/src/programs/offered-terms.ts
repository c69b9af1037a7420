import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { PublishRequest } from '@oml/protocol/wire/publish-request';
import type { Terms } from '../chain/registration.ts';

type Asked = PublishRequest['terms'];

/** Enforced by fingerprints, open to anyone, without a leak bond. */
const COMMON = { mode: 0, approvalNeeded: false, period: 0, auditPeriod: 0, leakBond: 0n };

/** What hosts accept. */
export function serveTerms({ floorPrice, minBond, ownerShareBps, slashBps, uri }: Asked): Terms {
  const unused = { derivatives: false, royaltyBps: 0, childPrice: 0n, childBond: 0n };
  return {
    kind: TERMS_KIND.SERVE,
    ...COMMON,
    ...unused,
    price: floorPrice,
    bond: minBond,
    ownerShareBps,
    slashBps,
    uri,
  };
}

/**
 * What those accept who build on the model: others may build on the child, too, and its hosts are never asked for less
 * than the model's own.
 */
export function deriveTerms(
  { floorPrice, minBond, slashBps, uri }: Asked,
  derive: NonNullable<Asked['derive']>,
): Terms {
  const child = { childPrice: floorPrice, childBond: minBond, slashBps };
  const owners = { derivatives: true, ownerShareBps: 10_000, ...derive };
  return { kind: TERMS_KIND.DERIVE, ...COMMON, ...owners, bond: 0n, ...child, uri };
}
