import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import { Badge } from '@oml/ui/state-badge';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ClaimTable } from '#claim/claim-table.tsx';
import { AccountStanding } from '#host/account-standing.tsx';
import { LicenseTable } from '#host/license-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readHostPage } from '#server/read-host.ts';
import { readAccount } from '#server/read-id.ts';
import { PayoutTable } from '#vault/payout-table.tsx';
import { AnyonesLicense, VaultMoney } from '#kit/wallet-islands.ts';
import { PartComing } from '#kit/needs-script.tsx';

interface Props {
  params: Promise<{ account: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Host ${shortHex((await params).account)}` };
}

export default async function HostPage({ params }: Props) {
  const account = readAccount((await params).account) ?? notFound();
  const index = await readHostPage(account);
  if (!index) return <IndexUnavailable title="Host" />;
  const { account: row, end, booked, licenses, claims, refused, payouts } = index.data;
  return (
    <Page title="Host" intro={<Hash value={account} label="host account" className="text-ink" />}>
      <LiveRefresh />
      <Card className="flex flex-col gap-2 p-5">
        <div data-testid="host-end" className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Badge tone={end.tone}>{end.word}</Badge>
          <span className="text-base">{end.sentence}</span>
        </div>
      </Card>
      {row ? (
        <Figures>
          <Figure name={<Definition of="bond">Bond</Definition>} value={<Amount value={row.bond} />} />
          <Figure name="Reserved by licenses" value={<Amount value={row.reserved} />} />
          <Figure
            name={<Definition of="covered">Covered</Definition>}
            value={<span data-testid="host-covered">{row.isCovered ? 'yes' : 'no'}</span>}
          />
          <Figure
            name="Set aside by claims"
            value={<Amount value={row.contested} tone={row.contested > 0n ? 'risk' : 'plain'} />}
          />
          <Figure name="Slashed" value={<Amount value={row.slashed} tone={row.slashed > 0n ? 'slashed' : 'plain'} />} />
          <Figure
            name={<Definition of="late fee">Late fees</Definition>}
            value={<Amount value={row.lateFees} tone={row.lateFees > 0n ? 'risk' : 'plain'} />}
          />
          <Figure
            name={<Definition of="booked">Booked</Definition>}
            value={<Amount value={booked} tone={booked > 0n ? 'money' : 'plain'} />}
          />
        </Figures>
      ) : null}
      {row ? <AccountStanding account={row} /> : null}
      <Section title="Claims against this host">
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim">Nobody has accused this host.</EmptyState>
        )}
      </Section>
      <Section title="Licenses">
        {licenses.length > 0 ? (
          <LicenseTable licenses={licenses} />
        ) : (
          <EmptyState title="No license">This account serves no model.</EmptyState>
        )}
        <div className="mt-4 flex flex-col gap-4">
          {licenses.map(({ licenseId }) => (
            <AnyonesLicense key={String(licenseId)} licenseId={licenseId} />
          ))}
        </div>
      </Section>
      {licenses.length > 0 ? (
        <Section
          title="Money in the vaults"
          note="It can only leave split, to whom it belongs, whoever presses the button."
        >
          <div className="grid items-start gap-4 lg:grid-cols-2">
            {licenses.map(({ licenseId, modelId, vault }) => (
              <VaultMoney
                key={String(licenseId)}
                license={{ licenseId, modelId, vault }}
                fallback={<PartComing title={`License ${licenseId}`}>Asking its vault.</PartComing>}
              />
            ))}
          </div>
        </Section>
      ) : null}
      {licenses.length > 0 ? (
        <Section title="Paid out" note="What left the vaults of this host’s licenses.">
          <PayoutTable payouts={payouts} />
        </Section>
      ) : null}
      {row && row.signers.length > 0 ? (
        <Section
          title="Signers"
          note="Keys that sign this host’s receipts, each bound to it forever by its own signature."
        >
          <Card className="divide-y divide-line">
            {row.signers.map(({ signer, boundAt, revokedAt }) => (
              <p key={signer} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2.5 text-sm">
                <Hash value={signer} label="signer" />
                <span className="text-xs text-ink-soft">
                  bound <Ago at={boundAt} />
                  {revokedAt ? (
                    <>
                      , revoked from <Ago at={revokedAt} />
                    </>
                  ) : null}
                </span>
              </p>
            ))}
          </Card>
        </Section>
      ) : null}
    </Page>
  );
}
