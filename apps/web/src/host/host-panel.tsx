'use client';
import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { shortHex } from '@oml/ui/short-hex';
import { StateBadge } from '@oml/ui/state-badge';
import type { Address } from '#kit/hex.ts';
import { useConnection } from 'wagmi';
import { accountActions, readAccount } from '#actions/account-actions.ts';
import { ActionList } from '#actions/action-list.tsx';
import { licenseActions, readLicense } from '#actions/license-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { ClaimActions } from '#claim/claim-buttons.tsx';
import type { ClaimHeld, LicenseOf } from '#holdings/holdings.ts';
import { useHoldings } from '#holdings/use-holdings.ts';
import { HostLink, TextLink } from '#kit/links.tsx';
import { VaultMoney } from '#vault/vault-money.tsx';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';

const OPEN = ['contested', 'proving', 'blamed', 'slashed'];

/** Everything that a host earns, owes and can take out. */
export function HostPanel() {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="Connect the wallet that holds your bond" action={<ConnectButton />}>
        Earnings, bond, licenses, keys and claims of your host account.
      </EmptyState>
    );
  return <Hosting key={address} account={address} />;
}

function Hosting({ account }: { account: Address }) {
  const { holdings, error } = useHoldings(account);
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['account', account], (reader, on) => readAccount(reader, on, account));
  const licenses = holdings?.licenses ?? [];
  const claims = holdings?.claims.filter(({ state, curedAt }) => OPEN.includes(state) && !curedAt) ?? [];
  return (
    <>
      {error ? <EmptyState title="The index does not answer">{error.message}</EmptyState> : null}
      {claims.length > 0 ? (
        <Section
          title="Claims against you"
          note="Book what is missing in time, or blame the edition you were delivered."
        >
          <div className="flex flex-col gap-4">
            {claims.map((claim) => (
              <Accused key={claim.claimId} claim={claim} />
            ))}
          </div>
        </Section>
      ) : null}
      <Section title="Earnings" note="What lies in the vaults of your licenses. It leaves split, to whom it belongs.">
        {licenses.length > 0 ? (
          <div className="grid items-start gap-4 lg:grid-cols-2">
            {licenses.map((license) => (
              <VaultMoney key={String(license.licenseId)} license={license} />
            ))}
          </div>
        ) : (
          <EmptyState title="No license yet">
            Choose a <TextLink href="/models">model</TextLink> and host it.
          </EmptyState>
        )}
      </Section>
      <Section
        title="Bond and keys"
        note={
          <>
            As everybody sees them: <HostLink account={account} />
          </>
        }
      >
        <ActionList
          actions={facts && accountActions(deployment, facts, holdings?.signers ?? [])}
          empty="Nothing to do"
        />
      </Section>
      {licenses.map((license) => (
        <License key={String(license.licenseId)} license={license} />
      ))}
    </>
  );
}

function Accused({ claim }: { claim: ClaimHeld }) {
  return (
    <div>
      <p className="mb-2 flex flex-wrap items-center gap-2 text-sm">
        <TextLink href={`/claims/${claim.claimId}`}>Claim {shortHex(claim.claimId)}</TextLink>
        <StateBadge of="claim" state={claim.state} />
      </p>
      <ClaimActions claim={claim} />
    </div>
  );
}

function License({ license: { licenseId, modelId } }: { license: LicenseOf }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['license', String(licenseId)], (reader, on) => readLicense(reader, on, licenseId));
  return (
    <Section
      title={
        <>
          License {String(licenseId)} on <TextLink href={`/models/${modelId}`}>model {String(modelId)}</TextLink>
        </>
      }
    >
      <ActionList actions={facts && licenseActions(deployment, facts)} empty="This license is over" />
    </Section>
  );
}
