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

export function createCheckStanding(
  { publicClient, deployment }: Pick<Chain, 'publicClient' | 'deployment'>,
  account: Address,
): CheckStanding {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const known = new Map<bigint, { at: number; standing: ReturnType<typeof read> }>();
  const read = async (licenseId: bigint) => {
    const [license, isCovered] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] }),
      publicClient.readContract({ ...registry, functionName: 'isCovered', args: [account] }),
    ]);
    return { state: license.state, suspension: suspensionName(license.suspension), isCovered };
  };
  return async (licenseId) => {
    const last = known.get(licenseId);
    const standing = last && Date.now() - last.at < FRESH_MS ? last.standing : read(licenseId);
    if (standing !== last?.standing) known.set(licenseId, { at: Date.now(), standing });
    const { state, suspension, isCovered } = await standing.catch((error: unknown) => {
      known.delete(licenseId);
      throw error;
    });
    if (state !== LICENSE_STATE.ACTIVE)
      throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is not active: nothing is answered under it.`, {
        details: { licenseId: String(licenseId), state: LICENSE_STATES[state], suspension: suspension ?? null },
      });
    if (!isCovered)
      throw new OmlError('BOND_TOO_LOW', `The bond of ${account} does not cover its licenses: nothing is answered.`, {
        details: { account },
      });
  };
}
