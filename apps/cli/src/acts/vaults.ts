import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import type { Step } from './act.ts';

const AT_ONCE = 16;

/** Where money of a license arrives. */
export interface Vault {
  licenseId: bigint;
  address: Address;
  /** Without code nothing can be called there, or booked. */
  hasCode: boolean;
}

/** The vault of a license. Throws NOT_FOUND. */
export async function vaultOf({ publicClient, deployment }: Chain, licenseId: bigint): Promise<Vault> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const address = await publicClient.readContract({ ...registry, functionName: 'vaultOf', args: [licenseId] });
  if (BigInt(address) === 0n) throw new OmlError('NOT_FOUND', `There is no license ${licenseId}.`);
  return { licenseId, address, hasCode: (await publicClient.getCode({ address })) !== undefined };
}

/** Licenses to serve, of a model or of an account. */
export async function servingLicenses(
  { publicClient, deployment }: Chain,
  of: { modelId?: bigint; account?: Address },
): Promise<bigint[]> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const count = Number(await publicClient.readContract({ ...registry, functionName: 'licenseCount' }));
  const ids = Array.from({ length: count }, (_, i) => BigInt(i + 1));
  const found: bigint[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE);
    const parties = await Promise.all(
      some.map((id) => publicClient.readContract({ ...registry, functionName: 'partiesOf', args: [id] })),
    );
    parties.forEach(([account, modelId, , kind], at) => {
      const isMeant =
        (of.modelId === undefined || of.modelId === modelId) &&
        (of.account === undefined || isAddressEqual(of.account, account));
      if (isMeant && kind === TERMS_KIND.SERVE) found.push(some[at]!);
    });
  }
  return found;
}

/** To whom what was split belongs. */
export type Bucket = 'owner' | 'host' | 'protocol' | 'lineage';

/** What has to be sent so that these parts of a license's money leave its vault, which is given its code first. */
export async function payoutSteps(chain: Chain, licenseId: bigint, wanted: readonly Bucket[]): Promise<Step[]> {
  const vault = await vaultOf(chain, licenseId);
  const { fresh, kept } = await moneyIn(chain, vault);
  const step = (calls: string, args: readonly unknown[] = []): Step => ({
    contract: 'revenueVault',
    address: vault.address,
    calls,
    args,
  });
  const isDue = (bucket: Exclude<Bucket, 'lineage'>): boolean =>
    wanted.includes(bucket) && (kept[bucket] > 0n || fresh > 0n);
  const steps = [
    ...(isDue('protocol') ? [step('payProtocol')] : []),
    ...(isDue('owner') ? [step('payOwner')] : []),
    ...(isDue('host') ? [step('payHost')] : []),
    ...(wanted.includes('lineage')
      ? (await ancestorsDue(chain, vault, fresh)).map((id) => step('payAncestor', [id]))
      : []),
  ];
  if (steps.length === 0) return [];
  const deploying: Step = { contract: 'licenseRegistry', calls: 'deployVault', args: [licenseId] };
  return [...(vault.hasCode ? [] : [deploying]), ...(fresh > 0n ? [step('distribute')] : []), ...steps];
}

/** What was not split yet, and what was and did not leave. */
async function moneyIn({ publicClient, deployment }: Chain, { address, hasCode }: Vault) {
  const at = { address, abi: revenueVaultAbi } as const;
  if (!hasCode) {
    const held = { address: deployment.contracts.token, abi: devDollarAbi, functionName: 'balanceOf' } as const;
    const fresh = await publicClient.readContract({ ...held, args: [address] });
    return { fresh, kept: { protocol: 0n, owner: 0n, host: 0n } };
  }
  const [{ protocolFee, pool, owner, host }, fresh] = await Promise.all([
    publicClient.readContract({ ...at, functionName: 'buckets' }),
    publicClient.readContract({ ...at, functionName: 'undistributed' }),
  ]);
  return { fresh, kept: { protocol: protocolFee + pool, owner, host } };
}

/** Ancestors of its model whose royalties are due. */
async function ancestorsDue({ publicClient, deployment }: Chain, vault: Vault, fresh: bigint): Promise<bigint[]> {
  const { licenseRegistry, modelRegistry } = deployment.contracts;
  const parties = { address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'partiesOf' } as const;
  const [, modelId] = await publicClient.readContract({ ...parties, args: [vault.licenseId] });
  const lineage = { address: modelRegistry, abi: modelRegistryAbi, functionName: 'ancestorsOf' } as const;
  const ancestors = await publicClient.readContract({ ...lineage, args: [modelId] });
  const isDue = async (ancestorId: bigint): Promise<boolean> => {
    if (fresh > 0n || !vault.hasCode) return fresh > 0n;
    const owed = { address: vault.address, abi: revenueVaultAbi, functionName: 'royaltyOwed' } as const;
    return (await publicClient.readContract({ ...owed, args: [ancestorId] })) > 0n;
  };
  const due = await Promise.all(ancestors.map((each) => isDue(each.modelId)));
  return ancestors.flatMap((each, i) => (due[i] ? [each.modelId] : []));
}
