import { Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { placeText, readPlace } from '#claim/claim-place.ts';
import { ClaimTable } from '#claim/claim-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { Pager } from '#kit/pager.tsx';
import { readClaims } from '#server/read-claims.ts';

export const metadata: Metadata = { title: 'Claims', alternates: { canonical: '/claims' } };

export default async function ClaimsPage({ searchParams }: { searchParams: Promise<{ after?: string }> }) {
  const after = readPlace((await searchParams).after);
  const index = await readClaims({ after });
  if (!index) return <IndexUnavailable title="Claims" />;
  const { claims, refused, next } = index.data;
  return (
    <Page
      title="Claims"
      intro={
        <p>
          A <Definition of="claim" /> is an accusation with receipts. The contract decides every one of them without a
          vote: <Definition of="unpaid use" /> by the vault’s ledger, <Definition of="disguised use" /> by fingerprints
          that were committed before anyone knew which would be asked.
        </p>
      }
    >
      {after ? null : <LiveRefresh />}
      <Section
        title="Newest first"
        note="A refused claim left no trace in the court; the reverted transaction is its record."
      >
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host so far.</EmptyState>
        )}
        <Pager of="claims" first={after && '/claims'} next={next && `/claims?after=${placeText(next)}`} />
      </Section>
    </Page>
  );
}
