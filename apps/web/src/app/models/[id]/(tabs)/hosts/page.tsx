import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { HostTable } from '#host/host-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { byStanding } from '#server/hosts.ts';
import { modelIdOf } from '#server/model-address.ts';
import { readServing } from '#server/read-model.ts';
import { PayoutTable } from '#vault/payout-table.tsx';

export const metadata: Metadata = { title: 'Hosts' };

/** Who serves the model, and what its uses paid. */
export default async function HostsTab({ params }: { params: Promise<{ id: string }> }) {
  const index = await readServing(await modelIdOf(params));
  if (!index) return <IndexUnavailable title="Hosts" />;
  const { model, hosts, payouts } = index.data ?? notFound();
  return (
    <>
      <LiveRefresh />
      <Section title="Hosts" note="Those that nothing was ever taken from come first.">
        {hosts.length > 0 ? (
          <HostTable hosts={byStanding(hosts)} floorPrice={model.offers.serve?.price ?? 0n} />
        ) : (
          <EmptyState title="No host yet">Whoever accepts the terms and posts the bond may serve it.</EmptyState>
        )}
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
