import type { OmlEvent } from '@oml/db/events';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { measurementDigest, measurementRoot, measurementSigner } from '@oml/protocol/signed/measurement';
import { carriedMeasurement } from '@oml/protocol/wire/measurement';
import { isAddressEqual, type Hex } from 'viem';

/**
 * An anchor with the measurement that its transaction carries: one whose digest is what was anchored, signed by whom it
 * names. Everything else that somebody may write behind a call is left where it is.
 */
export async function withMeasurement(
  event: OmlEvent,
  input: Hex | undefined,
  deployment: Deployment,
): Promise<OmlEvent> {
  if (event.source !== 'court' || event.eventName !== 'ReceiptsAnchored' || !input) return event;
  const carried = carriedMeasurement(input);
  if (!carried) return event;
  const { signed } = carried;
  const adjudicator = { chainId: deployment.chainId, court: deployment.contracts.claimCourt };
  const digest = measurementDigest(signed, adjudicator);
  if (measurementRoot(digest) !== event.args.root) return event;
  const by = await measurementSigner(signed, adjudicator).catch(() => undefined);
  return by && isAddressEqual(by, signed.by) ? { ...event, measurement: { digest, signed } } : event;
}
