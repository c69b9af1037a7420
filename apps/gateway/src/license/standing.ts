import { licenseRegistryAbi } from '@oml/contracts/abis';
import { LICENSE_STATE, LICENSE_STATES, suspensionName } from '@oml/protocol/chain/license-state';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';

/**
 * Refuses to sell under a license that is not active, or of an account that is not covered: receipts given then would
 * not name the model for long (protocol §5). Throws LICENSE_NOT_ACTIVE or BOND_TOO_LOW.
 */
export type CheckStanding = (licenseId: bigint) => Promise<void>;

/** What the chain said this long ago still counts; a license that ends names its model for a day after. */
const FRESH_MS = 2_000;
/** From this age on it is read anew beside the calls, so that none waits for the chain where one follows another. */
const AHEAD_MS = 1_000;

interface Known {
  at: number;
  standing: Promise<{ state: number; suspension: string | undefined; isCovered: boolean }>;
}

export function createCheckStanding(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  account: Address,
): CheckStanding {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const known = new Map<bigint, Known>();
  const reading = new Map<bigint, Known>();
  const read = async (licenseId: bigint) => {
    const [license, isCovered] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] }),
      publicClient.readContract({ ...registry, functionName: 'isCovered', args: [account] }),
    ]);
    return { state: license.state, suspension: suspensionName(license.suspension), isCovered };
  };
  const readAnew = (licenseId: bigint): Known => {
    const under = reading.get(licenseId);
    if (under) return under;
    const fresh = { at: Date.now(), standing: read(licenseId) };
    reading.set(licenseId, fresh);
    fresh.standing
      .then(
        () => known.set(licenseId, fresh),
        () => {}, // who needs it asks again, and hears why
      )
      .finally(() => reading.delete(licenseId));
    return fresh;
  };
  return async (licenseId) => {
    const last = known.get(licenseId);
    const age = last ? Date.now() - last.at : Infinity;
    const anew = age > AHEAD_MS ? readAnew(licenseId) : undefined;
    const { state, suspension, isCovered } = await (age > FRESH_MS ? anew : last)!.standing;
    if (state !== LICENSE_STATE.ACTIVE)
      throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is not active: nothing is answered under it.`, {
        details: { licenseId: String(licenseId), state: LICENSE_STATES[state]!, suspension: suspension ?? null },
      });
    if (!isCovered)
      throw new OmlError('BOND_TOO_LOW', `The bond of ${account} does not cover its licenses: nothing is answered.`, {
        details: { account },
      });
  };
}
