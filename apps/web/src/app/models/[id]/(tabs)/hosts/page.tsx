import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { answersNow } from '#host/endpoint-words.ts';
import { HostTable } from '#host/host-table.tsx';
import { MeasuredBy } from '#host/measured-by.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { byStanding } from '#server/hosts.ts';
import { modelIdOf } from '#server/model-id.ts';
import { readServing } from '#server/read-model.ts';
import { PayoutTable } from '#vault/payout-table.tsx';

export const metadata: Metadata = { title: 'Hosts' };

/** Who serves the model, and what its uses paid. */
export default async function HostsTab({ params }: { params: Promise<{ id: string }> }) {
  const index = await readServing(await modelIdOf(params));
  if (!index) return <IndexUnavailable title="Hosts" />;
  const { model, hosts, payouts } = index.data ?? notFound();
  const [serving, others] = [hosts.filter(answersNow), hosts.filter((host) => !answersNow(host))];
  const floorPrice = model.offers.serve?.price ?? 0n;
  return (
    <>
      <LiveRefresh />
      <Section title="Hosts" note="Those that nothing was ever taken from come first.">
        {serving.length > 0 ? (
          <>
            <HostTable hosts={byStanding(serving)} floorPrice={floorPrice} />
            <MeasuredBy hosts={serving} />
          </>
        ) : (
          <EmptyState title={hosts.length > 0 ? 'No host answers just now' : 'No host yet'}>
            Whoever accepts the terms and posts the bond may serve it.
          </EmptyState>
        )}
        {others.length > 0 ? (
          <details className="mt-4" data-testid="hosts-not-serving">
            <summary className="cursor-pointer text-sm text-ink-soft hover:text-ink">
              {others.length} more that {others.length === 1 ? 'does' : 'do'} not serve: their license is no longer
              active, or nobody found their endpoint answering
            </summary>
            <div className="mt-2">
              <HostTable hosts={byStanding(others)} floorPrice={floorPrice} />
            </div>
          </details>
        ) : null}
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
