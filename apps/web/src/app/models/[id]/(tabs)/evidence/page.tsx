import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { EvidenceView } from '#model/evidence-view.tsx';
import { InspectionFacts } from '#model/inspection-facts.tsx';
import { MeasurementExports } from '#model/measurement-exports.tsx';
import { MeasurementTable } from '#model/measurement-table.tsx';
import { InspectionView } from '#model/model-islands.ts';
import { modelIdOf } from '#server/model-id.ts';
import { readRates } from '#server/rates.ts';
import { readEvidence } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'Evidence' };

/** What an accusation over this model would stand on, and who looks. */
export default async function EvidenceTab({ params }: { params: Promise<{ id: string }> }) {
  const [index, rates] = await Promise.all([readEvidence(await modelIdOf(params)), readRates()]);
  if (!index) return <IndexUnavailable title="Evidence" />;
  const { model, batches, pool, measurements } = index.data ?? notFound();
  return (
    <>
      <LiveRefresh />
      <Section
        title="Evidence"
        note="Keys and candidate answers were committed first; a later round of the beacon drew the answers; only then were the weights marked."
      >
        <EvidenceView model={model} />
      </Section>
      <Section
        title="Measurements"
        note="Each says by which method, on which weights and data, and how uncertain it is; whoever doubts one measures it again."
      >
        <MeasurementTable measurements={measurements} />
        <MeasurementExports modelId={model.modelId} />
      </Section>
      <Section
        title="Inspection"
        note="Its own vaults feed this pool. The model’s owner or agent pays verifiers out of it who opened a batch on this model."
      >
        <InspectionView
          modelId={model.modelId}
          batches={batches}
          fallback={<InspectionFacts batches={batches} pool={pool} cap={rates?.poolCap} />}
        />
      </Section>
    </>
  );
}
