'use client';
import { useQuery } from '@tanstack/react-query';
import { Facts } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import type { LicenseState } from './license-state.ts';

/** Where the license and its edition stand: what the chain says, and whether the publisher hands out the sealed file. */
export function EditionState({ license, publisher }: { license: LicenseState['license']; publisher?: string }) {
  const sealedUrl = license && publisher ? `${publisher}/editions/${license.licenseId}` : undefined;
  const { data: sealed } = useQuery({
    queryKey: ['edition', sealedUrl],
    enabled: sealedUrl !== undefined && license?.state === 'active',
    refetchInterval: ({ state }) => (state.data ? false : 4000),
    queryFn: async ({ signal }) => (await fetch(sealedUrl!, { method: 'HEAD', signal })).ok,
  });
  if (!license) return <p className="text-sm text-ink-soft">The owner’s agent makes your own edition once you have accepted, seals it to your key and records its root.</p>;
  return (
    <Facts
      rows={[
        ['License', <span key="v" data-testid="license-state" className="inline-flex items-center gap-2"><StateBadge of="license" state={license.state} /> {String(license.licenseId)}</span>],
        ['Vault', <Hash key="v" value={license.vault} label="vault" />],
        ['Edition', license.state === 'bonded' ? 'being made by the owner’s agent' : <Hash key="v" value={license.editionRoot} label="edition root" />],
        ...(license.state === 'active' && sealedUrl ? ([['Sealed file', sealed ? <a key="v" href={sealedUrl} className="underline decoration-line-strong underline-offset-4 hover:text-accent">ready, opens with your seed only</a> : 'not handed out yet']] as const) : []),
        ...(license.state === 'active' ? ([['Next', 'Run the gateway’s onboard command with your keys: it skips what is done, fetches the edition and starts serving.']] as const) : []),
      ]}
    />
  );
}
