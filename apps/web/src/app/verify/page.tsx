import { Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { ClaimTable } from '#claim/claim-table.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readVerifyPage } from '#server/read-verify.ts';
import { PartComing } from '#kit/needs-script.tsx';
import { AuditTable, OpenBatches, StakeForm, StandingTable, VerifierPanel } from '#kit/wallet-islands.ts';
import { BatchTable, VerifierTable } from '#stake/verifier-tables.tsx';

export const metadata: Metadata = { title: 'Verify' };

export default async function VerifyPage() {
  const index = await readVerifyPage();
  if (!index) return <IndexUnavailable title="Verify" />;
  const { verifiers, batches, claims } = index.data;
  const waiting = batches
    .filter(({ state }) => state === 'committed' || state === 'drawn')
    .map(({ batchId, verifier, deposit, at }) => ({ batchId, verifier, deposit, at }));
  return (
    <Page
      title="Verify"
      intro={
        <p>
          Whoever has a <Definition of="stake" /> may <Definition of="probe">probe</Definition> hosts: ask fingerprints
          among ordinary questions, and claim what was not paid. A missing match proves nothing in either direction, so
          there is no verdict “innocent”.
        </p>
      }
    >
      <LiveRefresh />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_23rem]">
        <div className="flex min-w-0 flex-col gap-10">
          <Section title="Verifiers">
            {verifiers.length > 0 ? (
              <VerifierTable verifiers={verifiers} />
            ) : (
              <EmptyState title="Nobody has staked yet">You can be the first.</EmptyState>
            )}
          </Section>
          <Section
            title="Audits"
            note="Told by this deployment’s own verifier; every step that touched the chain has its transaction."
          >
            <AuditTable fallback={<PartComing title="Asking the verifier" />} />
          </Section>
          <Section
            title="Hosts as audits found them"
            note="One audit marks nobody: a standing takes several that agree, counts those that found nothing, and lapses."
          >
            <StandingTable fallback={<PartComing title="Asking the verifier" />} />
          </Section>
          <Section title="Batches">
            {batches.length > 0 ? (
              <BatchTable batches={batches} />
            ) : (
              <EmptyState title="No batch yet">
                A batch is committed before anybody knows which keys it will ask.
              </EmptyState>
            )}
          </Section>
          {waiting.length > 0 ? (
            <Section title="Batches that nobody opened" note="After the open window anyone ends them.">
              <OpenBatches batches={waiting} />
            </Section>
          ) : null}
          <VerifierPanel />
        </div>
        <Section title="Become a verifier" note="Not audited: stake no more than you can lose.">
          <StakeForm fallback={<PartComing title="Asking the contracts" />} />
        </Section>
      </div>
      <Section title="Claims">
        {claims.length > 0 ? <ClaimTable claims={claims} refused={[]} /> : <EmptyState title="No claim yet" />}
      </Section>
    </Page>
  );
}
