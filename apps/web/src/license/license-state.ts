'use client';
import { licenseRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { LICENSE_STATES } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { useQuery } from '@tanstack/react-query';
import { useConnection, usePublicClient } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Address } from '#kit/hex.ts';

const OVER = new Set<string | undefined>(['closed', 'slashed']);

/**
 * Everything the license page needs to know of the chain, asked of the contracts every two seconds: no index in
 * between.
 */
export function useLicenseState(modelId: bigint, neededBond: bigint) {
  const { address } = useConnection();
  const publicClient = usePublicClient();
  const { deployment } = usePublicConfig();
  return useQuery({
    queryKey: ['license-state', String(modelId), String(neededBond), address],
    enabled: address !== undefined && publicClient !== undefined,
    refetchInterval: 2000,
    queryFn: () => readState(publicClient!, deployment, { modelId, neededBond, account: address! }),
  });
}

type Client = NonNullable<ReturnType<typeof usePublicClient>>;
type Deployment = ReturnType<typeof usePublicConfig>['deployment'];

async function readState(
  client: Client,
  { contracts, deployedAtBlock }: Deployment,
  { modelId, neededBond, account }: { modelId: bigint; neededBond: bigint; account: Address },
) {
  const registry = { address: contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const [stored, { rates, rules }, licenseId, bindings] = await Promise.all([
    client.readContract({ ...registry, functionName: 'accountOf', args: [account] }),
    client.readContract({ address: contracts.parameters, abi: parametersAbi, functionName: 'values' }),
    client.readContract({ ...registry, functionName: 'licenseOf', args: [account, modelId, TERMS_KIND.SERVE] }),
    client.getContractEvents({
      ...registry,
      eventName: 'SignerBound',
      args: { account },
      fromBlock: BigInt(deployedAtBlock),
      strict: true,
    }),
  ]);
  const license =
    licenseId === 0n
      ? undefined
      : await client.readContract({ ...registry, functionName: 'license', args: [licenseId] });
  const taken = stored.contested + stored.exit.amount;
  const isOpen = license !== undefined && !OVER.has(LICENSE_STATES[license.state]);
  const wanted = taken + max(rates.minAccountBond, stored.allocated + (isOpen ? 0n : neededBond));
  return {
    address: account,
    account: stored,
    exitDelay: rules.exitDelay,
    /** Bond still to be deposited before the terms can be accepted. */
    missing: wanted > stored.bond ? wanted - stored.bond : 0n,
    signers: bindings.map(({ args }) => args.signer),
    license: isOpen
      ? {
          licenseId,
          state: LICENSE_STATES[license.state] ?? 'none',
          vault: license.vault,
          editionRoot: license.editionRoot,
          isBehind: license.delivered !== license.activated,
        }
      : undefined,
  };
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export type LicenseState = NonNullable<ReturnType<typeof useLicenseState>['data']>;
