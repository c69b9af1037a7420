import { Card, Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { WantButton } from '#kit/connect-slot.tsx';
import { NeedsScript, PartComing } from '#kit/needs-script.tsx';
import { BondSizingView, LicenseFlow } from '#license/license-islands.ts';
import { modelName } from '#model/model-words.ts';
import { publisherBaseOf } from '#model/publisher-address.ts';
import { TermsView } from '#model/terms-view.tsx';
import { TextLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readSetup } from '#server/public-config.ts';
import { modelIdOf } from '#server/model-id.ts';
import { readRates, warningsOf } from '#server/rates.ts';
import { readOffer } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'License' };

export default async function LicensePage({ params }: { params: Promise<{ id: string }> }) {
  const [index, rates] = await Promise.all([readOffer(await modelIdOf(params)), readRates()]);
  if (!index) return <IndexUnavailable title="License" />;
  const { model, title } = index.data ?? notFound();
  const terms = model.offers.serve;
  const setup = readSetup();
  const publisher = publisherBaseOf(model, 'config' in setup ? setup.config.publisherUrl : undefined);
  return (
    <Page
      title={`Host ${modelName(model)}`}
      intro={
        <p>
          You post a bond, get your own edition of <TextLink href={model.address}>{modelName(model)}</TextLink> and are
          paid per use into your vault. Not audited: post no more than you can lose.
        </p>
      }
    >
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_25rem]">
        <Section title="Take the license">
          {terms ? (
            <LicenseFlow
              modelId={model.modelId}
              terms={terms}
              {...(publisher ? { publisher } : {})}
              fallback={<ConnectFirst />}
            />
          ) : (
            <EmptyState title="No offer">The owner takes no new hosts.</EmptyState>
          )}
        </Section>
        <div className="flex min-w-0 flex-col gap-8">
          {terms ? (
            <>
              <Section title="Terms">
                <Card className="p-5">
                  <TermsView terms={terms} warnings={warningsOf(terms, title, rates)} />
                </Card>
              </Section>
              <Section title="Why this bond">
                <BondSizingView terms={terms} fallback={<PartComing title="Asking the contracts for their rates" />} />
              </Section>
            </>
          ) : null}
        </div>
      </div>
    </Page>
  );
}

function ConnectFirst() {
  return (
    <>
      <EmptyState title="Connect the wallet that will hold the bond" action={<WantButton />}>
        Its address becomes your host account.
      </EmptyState>
      <NeedsScript />
    </>
  );
}
