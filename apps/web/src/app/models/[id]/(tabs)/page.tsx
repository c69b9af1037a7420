import { Card, Section } from '@oml/ui/card';
import { IndexUnavailable } from '#kit/page.tsx';
import { ModelCard } from '#model/card-text.tsx';
import { Lineage } from '#model/lineage.tsx';
import { ModelFacts } from '#model/model-facts.tsx';
import { ModelFigures } from '#model/model-figures.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readOverview } from '#server/read-model.ts';
import { notFound } from 'next/navigation';

/** What a model is: its figures, the facts and the text of its card, and what it stands beside. */
export default async function OverviewTab({ params }: { params: Promise<{ id: string }> }) {
  const index = await readOverview(await modelIdOf(params));
  if (!index) return <IndexUnavailable title="Model" />;
  const { model, title, children } = index.data ?? notFound();
  return (
    <>
      <ModelFigures model={model} title={title} />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Section title="Card" className="lg:row-start-1">
          <Card className="p-5">
            {model.card ? (
              <ModelCard text={model.card} />
            ) : (
              <p className="text-sm text-ink-soft">
                The publisher’s card was not reached yet. The model is on chain all the same.
              </p>
            )}
          </Card>
        </Section>
        <aside className="flex min-w-0 flex-col gap-8 lg:col-start-2 lg:row-start-1">
          <Section title="Facts" note="Said by the publisher’s card, and by the chain.">
            <Card className="p-4">
              <ModelFacts model={model} />
            </Card>
          </Section>
          <Section title="Lineage">
            <Lineage model={model} descendants={children} />
          </Section>
        </aside>
      </div>
    </>
  );
}
