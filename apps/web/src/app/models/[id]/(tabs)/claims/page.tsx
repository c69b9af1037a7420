import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { BlameTable } from '#claim/blame/blame-table.tsx';
import { ClaimTable } from '#claim/claim-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readClaimsOf } from '#server/read-claims.ts';

export const metadata: Metadata = { title: 'Claims' };

/** Who was accused over this model. */
export default async function ClaimsTab({ params }: { params: Promise<{ id: string }> }) {
  const index = await readClaimsOf(await modelIdOf(params));
  if (!index) return <IndexUnavailable title="Claims" />;
  const { claims, refused, blames } = index.data;
  return (
    <>
      <LiveRefresh />
      <Section title="Claims over this model">
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host of using this model unpaid.</EmptyState>
        )}
      </Section>
      {blames.length > 0 ? (
        <Section
          title="Blames"
          note="Hosts that say that an edition of this model answers another model’s keys by itself."
        >
          <BlameTable blames={blames} />
        </Section>
      ) : null}
    </>
  );
}
