import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { BlameTable } from '#claim/blame/blame-table.tsx';
import { placeText, readPlace } from '#claim/claim-place.ts';
import { ClaimTable } from '#claim/claim-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { Pager } from '#kit/pager.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readClaimsOf } from '#server/read-claims.ts';

export const metadata: Metadata = { title: 'Claims' };

/** Who was accused over this model. */
export default async function ClaimsTab({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ after?: string }>;
}) {
  const modelId = await modelIdOf(params);
  const after = readPlace((await searchParams).after);
  const index = await readClaimsOf(modelId, after);
  if (!index) return <IndexUnavailable title="Claims" />;
  const { claims, refused, blames, next } = index.data;
  return (
    <>
      {after ? null : <LiveRefresh />}
      <Section title="Claims over this model">
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host of using this model unpaid.</EmptyState>
        )}
        {/* The rest of the address stays, which may name the model by its owner. */}
        <Pager of="claims" first={after && '?'} next={next && `?after=${placeText(next)}`} />
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
