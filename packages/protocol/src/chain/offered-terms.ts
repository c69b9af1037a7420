import type { PublishRequest } from '../wire/publish-request.ts';
import { TERMS_KIND } from './terms.ts';

type Asked = PublishRequest['terms'];
/** Enforced by fingerprints, without a leak bond; open to anyone, unless the owner approves each. */
const commonOf = ({ approval = false }: Asked) => ({
  mode: 0,
  approvalNeeded: approval,
  period: 0,
  auditPeriod: 0,
  leakBond: 0n,
});

/** What hosts accept. */
export function serveTerms(asked: Asked) {
  const { floorPrice, minBond, ownerShareBps, slashBps, uri } = asked;
  const unused = { derivatives: false, royaltyBps: 0, childPrice: 0n, childBond: 0n };
  return {
    kind: TERMS_KIND.SERVE,
    ...commonOf(asked),
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
export function deriveTerms(asked: Asked, derive: NonNullable<Asked['derive']>) {
  const { floorPrice, minBond, slashBps, uri } = asked;
  const child = { childPrice: floorPrice, childBond: minBond, slashBps };
  const owners = { derivatives: true, ownerShareBps: 10_000, ...derive };
  return { kind: TERMS_KIND.DERIVE, ...commonOf(asked), ...owners, bond: 0n, ...child, uri };
}

/** What those accept who run the model for themselves: they pay by the period, and serve nobody. */
export function privateTerms(asked: Asked, { price, periodSeconds }: NonNullable<Asked['private']>) {
  const { slashBps, uri } = asked;
  const unused = { derivatives: false, royaltyBps: 0, childPrice: 0n, childBond: 0n, bond: 0n };
  const own = { kind: TERMS_KIND.PRIVATE, price, period: periodSeconds, ownerShareBps: 10_000 };
  return { ...commonOf(asked), ...unused, ...own, slashBps, uri };
}
