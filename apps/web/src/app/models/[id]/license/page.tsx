import { Card, Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { BondSizingView } from '#license/bond-sizing-view.tsx';
import { LicenseFlow } from '#license/license-flow.tsx';
import { modelName } from '#model/model-words.ts';
import { publisherBaseOf } from '#model/publisher-address.ts';
import { TermsView } from '#model/terms-view.tsx';
import { TextLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readSetup } from '#server/public-config.ts';
import { readOffer } from '#server/read-model.ts';
import { readId } from '#server/read-id.ts';

export const metadata: Metadata = { title: 'License' };

export default async function LicensePage({ params }: { params: Promise<{ id: string }> }) {
  const modelId = readId((await params).id) ?? notFound();
  const index = await readOffer(modelId);
  if (!index) return <IndexUnavailable title="License" />;
  const { title } = index.data;
  const model = index.data.model ?? notFound();
  const terms = model.offers.serve;
  const setup = readSetup();
  const publisher = publisherBaseOf(model, 'config' in setup ? setup.config.publisherUrl : undefined);
  return (
    <Page
      title={`Host ${modelName(model)}`}
      intro={
        <p>
          You post a bond, get your own edition of{' '}
          <TextLink href={`/models/${model.modelId}`}>{modelName(model)}</TextLink> and are paid per use into your
          vault. Not audited: post no more than you can lose.
        </p>
      }
    >
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_25rem]">
        <Section title="Take the license">
          {terms ? (
            <LicenseFlow modelId={model.modelId} terms={terms} {...(publisher ? { publisher } : {})} />
          ) : (
            <EmptyState title="No offer">The owner takes no new hosts.</EmptyState>
          )}
        </Section>
        <div className="flex min-w-0 flex-col gap-8">
          {terms ? (
            <>
              <Section title="Terms">
                <Card className="p-5">
                  <TermsView terms={terms} title={title} />
                </Card>
              </Section>
              <Section title="Why this bond">
                <BondSizingView terms={terms} />
              </Section>
            </>
          ) : null}
        </div>
      </div>
    </Page>
  );
}
