import { Card, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { IndexUnavailable } from '#kit/page.tsx';
import { TermsView } from '#model/terms-view.tsx';
import { TitleBond } from '#model/model-islands.ts';
import { TitleBondFacts } from '#model/title-bond-facts.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readRates, warningsOf } from '#server/rates.ts';
import { readOffer } from '#server/read-model.ts';
import { notFound } from 'next/navigation';

export const metadata: Metadata = { title: 'Terms' };

const KINDS = { serve: 'To serve it', private: 'For own use', derive: 'To build on it' } as const;

/** What licensees accept, and what vouches for the model. */
export default async function TermsTab({ params }: { params: Promise<{ id: string }> }) {
  const [index, rates] = await Promise.all([readOffer(await modelIdOf(params)), readRates()]);
  if (!index) return <IndexUnavailable title="Terms" />;
  const { model, title } = index.data ?? notFound();
  const { serve, private: own, derive } = model.offers;
  const offers = [serve, own, derive].filter((terms) => terms !== undefined);
  return (
    <>
      {offers.map((terms) => (
        <Section key={terms.kind} title={KINDS[terms.kind]}>
          <Card className="p-5">
            <TermsView terms={terms} warnings={warningsOf(terms, title, rates)} />
          </Card>
        </Section>
      ))}
      {offers.length === 0 ? (
        <EmptyState title="No offer">The owner takes no new licensees; licenses that were accepted go on.</EmptyState>
      ) : null}
      <Section
        title={<Definition of="title bond">Title bond</Definition>}
        note="An upheld blame of this model’s editions is paid out of it before the host pays. Anyone may add to it."
      >
        <TitleBond modelId={model.modelId} fallback={<TitleBondFacts title={title} />} />
      </Section>
    </>
  );
}
