import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { ClaimTable } from '#claim/claim-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { ModelTable } from '#model/model-table.tsx';
import { BondFigures, EndCard, LicensesPart, SignersPart } from '#profile/host-part.tsx';
import { NamesPart, StakePart } from '#profile/other-parts.tsx';
import { RecordView } from '#profile/record-view.tsx';
import { ReportTable } from '#report/report-table.tsx';
import { readProfile, whoIs, type ProfilePage } from '#server/read-profile.ts';
import { PayoutTable } from '#vault/payout-table.tsx';

interface Props {
  params: Promise<{ account: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { account } = await params;
  return { title: account.startsWith('0x') ? shortHex(account) : account, alternates: { canonical: `/@${account}` } };
}

/** One account in all of its roles; a name leads to who holds it. */
export default async function AccountPage({ params }: Props) {
  const { account: text } = await params;
  const found = await whoIs(text);
  if (!found) return <IndexUnavailable title={text} />;
  const account = found.data ?? notFound();
  if (!/^0x/i.test(text)) redirect(`/@${account}`);
  const index = await readProfile(account);
  if (!index) return <IndexUnavailable title="Account" />;
  const { names } = index.data;
  return (
    <Page
      title={names[0]?.text ?? shortHex(account)}
      intro={
        <p>
          <Hash value={account} label="account" className="text-ink" /> {rolesOf(index.data)}
        </p>
      }
    >
      <LiveRefresh />
      <Roles profile={index.data} />
    </Page>
  );
}

function Roles({ profile }: { profile: ProfilePage }) {
  const { record, names, models, host, end, licenses, payouts, stake, against, brought, reports } = profile;
  const isHost = host !== undefined || licenses.length > 0;
  return (
    <>
      {isHost || end.tone !== 'plain' ? <EndCard end={end} /> : null}
      {host ? <BondFigures host={host} booked={record.booked.total} /> : null}
      <Section title="Record" note="Only what happened on chain; nobody can hang a refused claim on another.">
        <RecordView record={record} />
      </Section>
      {names.length > 0 ? <NamesPart names={names} /> : null}
      {models.length > 0 ? (
        <Section title="Models" note={more(record.modelCount, models.length)}>
          <ModelTable models={models} />
        </Section>
      ) : null}
      {stake ? <StakePart stake={stake} /> : null}
      {isHost ? <Claims title="Claims against this host" none="Nobody has accused this host." {...against} /> : null}
      {brought.claims.length + brought.refused.length > 0 ? (
        <Claims title="Claims that it brought" none="" {...brought} />
      ) : null}
      {reports.length > 0 ? (
        <Section title="Reports" note="That it filed, or that name it.">
          <ReportTable reports={reports} />
        </Section>
      ) : null}
      {licenses.length > 0 ? <LicensesPart licenses={licenses} /> : null}
      {licenses.length > 0 ? (
        <Section title="Paid out" note="What left the vaults of this host’s licenses.">
          <PayoutTable payouts={payouts} />
        </Section>
      ) : null}
      {host && host.signers.length > 0 ? <SignersPart signers={host.signers} /> : null}
    </>
  );
}

function Claims({ title, none, claims, refused }: { title: string; none: string } & ProfilePage['against']) {
  return (
    <Section title={title}>
      {claims.length + refused.length > 0 ? (
        <ClaimTable claims={claims} refused={refused} />
      ) : (
        <EmptyState title="No claim">{none}</EmptyState>
      )}
    </Section>
  );
}

/** What it is to others, in words. */
function rolesOf({ record, host, stake, licenses }: ProfilePage): string {
  const roles = [
    ...(record.modelCount > 0 ? ['owner'] : []),
    ...(host || licenses.length > 0 ? ['host'] : []),
    ...(stake ? ['verifier'] : []),
  ];
  return roles.length > 0
    ? `is ${roles.join(', ')}.`
    : 'did nothing here yet; it may be a buyer, whose calls are its own.';
}

const more = (all: number, shown: number): string | undefined =>
  all > shown ? `The newest ${shown} of ${all}; the list of models finds the others by this address.` : undefined;
