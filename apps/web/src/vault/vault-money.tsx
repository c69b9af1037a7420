'use client';
import { Hash } from '@oml/ui/hash';
import { useConnection } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { useFacts } from '#actions/use-facts.ts';
import { readVault, vaultActions, type VaultOf } from '#actions/vault-actions.ts';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What lies in a license's vault now, asked of the chain, and the buttons by which anyone pays it out. */
export function VaultMoney({ license }: { license: VaultOf }) {
  const { licenseId, modelId, vault } = license;
  const { address } = useConnection();
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['vault', String(licenseId), address], (reader, on) =>
    readVault(reader, on, license, address),
  );
  return (
    <div data-testid={`vault-${licenseId}`}>
      <ActionList actions={facts ? vaultActions(deployment, facts) : []} empty="">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3 text-sm">
          <span className="font-semibold">License {String(licenseId)}</span>
          <TextLink href={`/models/${modelId}`}>Model {String(modelId)}</TextLink>
          <Hash value={vault} label="vault" />
        </p>
      </ActionList>
    </div>
  );
}
