import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { HostTable } from '#host/host-table.tsx';
import { MeasuredBy } from '#host/measured-by.tsx';
import { TextLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { Pager } from '#kit/pager.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readPage } from '#server/read-id.ts';
import { readServing } from '#server/read-model.ts';
import { PayoutTable } from '#vault/payout-table.tsx';

export const metadata: Metadata = { title: 'Hosts' };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ page?: string | string[]; of?: string | string[] }>;
}

/** Of the hosts on one page. */
const PAGE_SIZE = 25;

/** Who serves the model, and what its uses paid. */
export default async function HostsTab({ params, searchParams }: Props) {
  const { page: text, of } = await searchParams;
  const [page, part] = [readPage(text), of === 'others' ? 'others' : 'serving'] as const;
  const index = await readServing({ modelId: await modelIdOf(params), part, page, limit: PAGE_SIZE });
  if (!index) return <IndexUnavailable title="Hosts" />;
  const { model, hosts, payouts, serving, others } = index.data ?? notFound();
  const isPast = part === 'others';
  const all = isPast ? others : serving;
  const addressOf = (number: number) => `${model.address}/hosts?${isPast ? 'of=others&' : ''}page=${number}`;
  return (
    <>
      {page === 1 ? <LiveRefresh /> : null}
      <Section
        title={isPast ? 'Hosts that do not serve' : 'Hosts'}
        note={
          isPast
            ? 'Their license is no longer active, or nobody found their endpoint answering.'
            : 'Those that nothing was ever taken from come first.'
        }
      >
        {hosts.length > 0 ? (
          <>
            <HostTable hosts={hosts} floorPrice={model.offers.serve?.price ?? 0n} />
            <MeasuredBy hosts={hosts} />
          </>
        ) : (
          <EmptyState
            title={all > 0 ? 'No host on this page' : others > 0 ? 'No host answers just now' : 'No host yet'}
          >
            Whoever accepts the terms and posts the bond may serve it.
          </EmptyState>
        )}
        <Pager
          of="hosts"
          first={page > 1 ? addressOf(1) : undefined}
          next={page * PAGE_SIZE < all ? addressOf(page + 1) : undefined}
        />
        <p className="mt-4 text-sm text-ink-soft">
          {isPast ? (
            <TextLink href={`${model.address}/hosts`}>The {serving.toLocaleString('en')} that serve</TextLink>
          ) : others > 0 ? (
            <TextLink href={`${model.address}/hosts?of=others`} data-testid="hosts-not-serving">
              {others.toLocaleString('en')} more that {others === 1 ? 'does' : 'do'} not serve
            </TextLink>
          ) : null}
        </p>
      </Section>
      <Section
        title="Paid out"
        note="What left the vaults of this model’s licenses, and royalties out of those of models built on it. What still lies there, anyone may pay out on its host’s page."
      >
        <PayoutTable payouts={payouts} />
      </Section>
    </>
  );
}
