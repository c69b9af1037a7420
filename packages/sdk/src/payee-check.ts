import { licenseRegistryAbi, parametersAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { isServing } from '@oml/protocol/chain/license-state';
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
 * Refuses, before anything is paid, a payee that is no vault of a serving license, or whose account has too little at
 * stake.
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
  if (!isServing(license.state))
    throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} is not active.`, {
      details: { licenseId: String(licenseId) },
    });
  await checkBond(chain, license.account);
  return { licenseId, modelId: license.modelId, account: license.account };
}

/** Throws BOND_TOO_LOW where what a new claim could reach of the account's bond is below the deployment's minimum. */
export async function checkBond({ publicClient, deployment }: ChainView, account: Address): Promise<void> {
  const [slashable, minAccountBond] = await Promise.all([
    publicClient.readContract({
      address: deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'slashable',
      args: [account],
    }),
    publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'minAccountBond',
    }),
  ]);
  if (slashable >= minAccountBond) return;
  throw new OmlError('BOND_TOO_LOW', `The host account ${account} has less at stake than clients must ask for.`, {
    details: { account, slashable: String(slashable), minAccountBond: String(minAccountBond) },
  });
}
