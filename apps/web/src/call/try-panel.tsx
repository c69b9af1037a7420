import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { ReactNode } from 'react';
import { WantButton } from '#kit/connect-slot.tsx';
import { NeedsScript } from '#kit/needs-script.tsx';
import type { ShownHost } from '#host/shown-host.ts';
import { PaidPanel } from './call-islands.ts';
import { DemoPanel } from './demo/demo-panel.tsx';

interface TryPanelProps {
  hosts: readonly ShownHost[];
  kind: 'language' | 'classifier';
  floorPrice: bigint;
  /** Where the free demo edition lies, if the owner gives one away. */
  demoUrl?: string;
}

/** Trying a model: a paid call to a bonded host, and the free demo edition in the browser where there is one. */
export function TryPanel({ hosts, kind, floorPrice, demoUrl }: TryPanelProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {demoUrl ? (
        <TryCard title="Free, in this browser">
          <DemoPanel modelUrl={demoUrl} />
        </TryCard>
      ) : null}
      <TryCard title="Paid call">
        <PaidPanel
          hosts={hosts}
          kind={kind}
          floorPrice={floorPrice}
          fallback={<PaidComing hostCount={hosts.length} floorPrice={floorPrice} />}
        />
      </TryCard>
    </div>
  );
}

function TryCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card className="p-4">
      <h2 className="mb-3 text-base font-semibold">{title}</h2>
      {children}
    </Card>
  );
}

/** What stands here until a wallet is wanted. */
function PaidComing({ hostCount, floorPrice }: { hostCount: number; floorPrice: bigint }) {
  if (hostCount === 0)
    return <EmptyState title="No host serves this model yet">Take a license to be the first.</EmptyState>;
  return (
    <div className="flex flex-col items-start gap-3 text-sm">
      <p className="text-ink-soft">
        {hostCount === 1 ? 'One host answers' : `${hostCount} hosts answer`}, from <Amount value={floorPrice} /> a call.
        You see what it costs before your wallet signs anything; there is no account and no subscription.
      </p>
      <WantButton />
      <NeedsScript />
    </div>
  );
}
