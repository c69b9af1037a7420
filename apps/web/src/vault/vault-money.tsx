'use client';
import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { Card } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import type { Address } from 'viem';
import { useBytecode, useReadContract } from 'wagmi';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '../wallet/providers.tsx';
import { PayRow } from './pay-row.tsx';

export interface VaultLicense {
  licenseId: bigint;
  modelId: bigint;
  vault: Address;
}

const FRESH = { refetchInterval: 4000 } as const;

/** What lies in a license's vault now, asked of the chain, and the buttons by which anyone pays it out. */
export function VaultMoney({ license }: { license: VaultLicense }) {
  const { licenseId, modelId, vault } = license;
  const { data: code } = useBytecode({ address: vault, query: FRESH });
  return (
    <Card className="flex flex-col px-5 py-3 text-sm" data-testid={`vault-${licenseId}`}>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1">
        <span className="font-semibold">License {String(licenseId)}</span>
        <TextLink href={`/models/${modelId}`}>Model {String(modelId)}</TextLink>
        <Hash value={vault} label="vault" />
      </p>
      {code ? <Split license={license} /> : code === null ? <Unborn license={license} /> : null}
    </Card>
  );
}

/** What arrived before the vault has code: it cannot be split yet. */
function Unborn({ license: { licenseId, vault } }: { license: VaultLicense }) {
  const { token, licenseRegistry } = usePublicConfig().deployment.contracts;
  const { data: arrived } = useReadContract({
    address: token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: [vault],
    query: FRESH,
  });
  return (
    <PayRow
      name="Arrived; the vault has no code yet"
      amount={arrived ?? 0n}
      label="Deploy the vault"
      call={{ address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'deployVault', args: [licenseId] }}
      testId={`vault-deploy-${licenseId}`}
    />
  );
}

function Split({ license }: { license: VaultLicense }) {
  const { licenseId, modelId, vault: address } = license;
  const { modelRegistry } = usePublicConfig().deployment.contracts;
  const vault = { address, abi: revenueVaultAbi } as const;
  const { data: arrived } = useReadContract({ ...vault, functionName: 'undistributed', query: FRESH });
  const { data: buckets } = useReadContract({ ...vault, functionName: 'buckets', query: FRESH });
  const { data: ancestors } = useReadContract({
    address: modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'ancestorsOf',
    args: [modelId],
  });
  if (arrived === undefined || !buckets) return null;
  const rows = [
    { name: 'Arrived, not split yet', amount: arrived, label: 'Distribute', functionName: 'distribute' },
    { name: 'The model’s owner', amount: buckets.owner, label: 'Pay out', functionName: 'payOwner' },
    { name: 'The host', amount: buckets.host, label: 'Pay out', functionName: 'payHost' },
    {
      name: 'Protocol fee and inspection pool',
      amount: buckets.protocolFee + buckets.pool,
      label: 'Pay out',
      functionName: 'payProtocol',
    },
  ] as const;
  return (
    <div className="divide-y divide-line">
      {rows.map(({ functionName, ...row }) => (
        <PayRow
          key={functionName}
          {...row}
          call={{ ...vault, functionName, args: [] }}
          testId={`vault-${functionName}-${licenseId}`}
        />
      ))}
      {(ancestors ?? []).map(({ modelId: ancestorId }) => (
        <Royalty key={String(ancestorId)} license={license} ancestorId={ancestorId} />
      ))}
    </div>
  );
}

function Royalty({
  license: { licenseId, vault: address },
  ancestorId,
}: {
  license: VaultLicense;
  ancestorId: bigint;
}) {
  const vault = { address, abi: revenueVaultAbi } as const;
  const { data: owed } = useReadContract({
    ...vault,
    functionName: 'royaltyOwed',
    args: [ancestorId],
    query: FRESH,
  });
  return (
    <PayRow
      name={
        <>
          Owner of <TextLink href={`/models/${ancestorId}`}>model {String(ancestorId)}</TextLink>, which this one is
          built on
        </>
      }
      amount={owed ?? 0n}
      label="Pay out"
      call={{ ...vault, functionName: 'payAncestor', args: [ancestorId] }}
      testId={`vault-payAncestor-${licenseId}-${ancestorId}`}
    />
  );
}
