'use client';
import { useQuery } from '@tanstack/react-query';
import { Facts } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import { ActivateButton } from './activate-button.tsx';
import type { LicenseState } from './license-state.ts';

const WITH_EDITION = new Set(['delivered', 'active', 'suspended', 'closing']);
const WAITING: Record<string, string> = {
  requested: 'made once the owner approves you',
  bonded: 'being made by the owner’s agent',
};

/**
 * Where the license and its edition stand: what the chain says, and whether the publisher hands out the sealed file.
 */
export function EditionState({ license, publisher }: { license: LicenseState['license']; publisher?: string }) {
  const hasEdition = license !== undefined && WITH_EDITION.has(license.state);
  const sealedUrl = license && publisher ? `${publisher}/editions/${license.licenseId}` : undefined;
  const { data: sealed } = useQuery({
    queryKey: ['edition', sealedUrl],
    enabled: sealedUrl !== undefined && hasEdition,
    refetchInterval: ({ state }) => (state.data ? false : 4000),
    queryFn: async ({ signal }) => (await fetch(sealedUrl!, { method: 'HEAD', signal })).ok,
  });
  if (!license)
    return (
      <p className="text-sm text-ink-soft">
        The owner’s agent makes your own edition once you have accepted, seals it to your key and records its root.
      </p>
    );
  return (
    <div className="flex flex-col gap-3">
      <Facts
        rows={[
          [
            'License',
            <span key="v" data-testid="license-state" className="inline-flex items-center gap-2">
              <StateBadge of="license" state={license.state} /> {String(license.licenseId)}
            </span>,
          ],
          ['Vault', <Hash key="v" value={license.vault} label="vault" />],
          [
            'Edition',
            !hasEdition ? (
              (WAITING[license.state] ?? 'none')
            ) : (
              <Hash key="v" value={license.editionRoot} label="edition root" />
            ),
          ],
          ...(hasEdition && sealedUrl
            ? ([
                [
                  'Sealed file',
                  sealed ? (
                    <a
                      key="v"
                      href={sealedUrl}
                      className="underline decoration-line-strong underline-offset-4 hover:text-accent"
                    >
                      ready, opens with your seed only
                    </a>
                  ) : (
                    'not handed out yet'
                  ),
                ],
              ] as const)
            : []),
          ...(hasEdition
            ? ([
                [
                  'Next',
                  'Run the gateway’s onboard command with your keys: it skips what is done, fetches and checks the edition, and takes it up.',
                ],
              ] as const)
            : []),
        ]}
      />
      {license.isBehind && hasEdition && license.state !== 'closing' ? (
        <ActivateButton licenseId={license.licenseId} />
      ) : null}
    </div>
  );
}
