import { licenseRegistryAbi, parametersAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { LICENSE_STATE, suspensionName } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import type { Address, PublicClient } from 'viem';

/** What the checks read from: any viem public client, and the addresses of one deployment. */
export interface ChainView {
  publicClient: Pick<PublicClient, 'readContract' | 'getCode'>;
  deployment: Deployment;
}

export interface Payee {
  licenseId: bigint;
  modelId: bigint;
  /** The host account whose bond stands behind the answers. */
  account: Address;
}

/**
 * Refuses, before anything is paid, a payee that is no vault of an active SERVE license, or whose account is not
 * covered or has too little at stake.
 * Throws PAYMENT_INVALID, LICENSE_NOT_ACTIVE or BOND_TOO_LOW.
 */
export async function checkPayee(chain: ChainView, vault: Address): Promise<Payee> {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const licenseId = await publicClient
    .readContract({ address: vault, abi: revenueVaultAbi, functionName: 'licenseId' })
    .catch(() => 0n);
  const license =
    licenseId > 0n
      ? await publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] })
      : undefined;
  if (license?.vault.toLowerCase() !== vault.toLowerCase())
    throw new OmlError('PAYMENT_INVALID', 'The host asks for payment to an address that is no license’s vault.', {
      details: { payTo: vault },
    });
  if (license.kind !== TERMS_KIND.SERVE)
    throw new OmlError('PAYMENT_INVALID', `License ${licenseId} is not for serving.`, { details: { payTo: vault } });
  if (license.state !== LICENSE_STATE.ACTIVE)
    throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is not active.`, {
      details: { licenseId: String(licenseId), suspension: suspensionName(license.suspension) ?? null },
    });
  await checkBond(chain, license.account);
  return { licenseId, modelId: license.modelId, account: license.account };
}

/**
 * Throws BOND_TOO_LOW where the account's bond, without what is announced to leave, does not cover its licenses, or
 * where what a new claim could reach of it is below the deployment's minimum.
 */
export async function checkBond({ publicClient, deployment }: ChainView, account: Address): Promise<void> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const [isCovered, slashable, minAccountBond] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'isCovered', args: [account] }),
    publicClient.readContract({ ...registry, functionName: 'slashable', args: [account] }),
    publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'minAccountBond',
    }),
  ]);
  if (!isCovered)
    throw new OmlError('BOND_TOO_LOW', `The bond of the host account ${account} does not cover its licenses.`, {
      details: { account },
    });
  if (slashable >= minAccountBond) return;
  throw new OmlError('BOND_TOO_LOW', `The host account ${account} has less at stake than clients must ask for.`, {
    details: { account, slashable: String(slashable), minAccountBond: String(minAccountBond) },
  });
}
