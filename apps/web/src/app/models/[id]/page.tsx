import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card, Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { BlameTable } from '#claim/blame/blame-table.tsx';
import { ClaimTable } from '#claim/claim-table.tsx';
import { EvidenceView } from '#model/evidence-view.tsx';
import { HostTable } from '#host/host-table.tsx';
import { InspectionView } from '#model/inspection-view.tsx';
import { DemoChoice } from '#model/demo-choice.tsx';
import { demoUrlOf } from '#model/publisher-address.ts';
import { kindWords, modelName } from '#model/model-words.ts';
import { TermsView } from '#model/terms-view.tsx';
import { TitleBond } from '#model/title-bond.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { ModelCard } from '#kit/markdown.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { byStanding } from '#server/hosts.ts';
import { readModel, readModelPage } from '#server/read-model.ts';
import { readSetup } from '#server/public-config.ts';
import { readId } from '#server/read-id.ts';
import { TryPanel } from '#call/try-panel.tsx';
import { PayoutTable } from '#vault/payout-table.tsx';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const id = readId((await params).id);
  const index = id === undefined ? undefined : await readModel(id);
  return { title: index?.data ? modelName(index.data) : 'Model' };
}

export default async function ModelPage({ params }: Props) {
  const modelId = readId((await params).id) ?? notFound();
  const index = await readModelPage(modelId);
  if (!index) return <IndexUnavailable title={`Model ${modelId}`} />;
  const { model, claims, refused, payouts, batches, title, blames, hosts } = index.data;
  if (!model) notFound();
  const setup = readSetup();
  const demoUrl = model.hasDemo
    ? demoUrlOf(model, 'config' in setup ? setup.config.publisherUrl : undefined)
    : undefined;
  const serveTerms = model.offers.serve;
  const offers = [model.offers.serve, model.offers.private, model.offers.derive].filter((terms) => terms !== undefined);
  const serving = byStanding(hosts.filter(({ license }) => license.state === 'active'));

  return (
    <Page
      title={modelName(model)}
      intro={
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{kindWords(model.kind)}</span>
          <span>model {String(model.modelId)}</span>
          <span className="inline-flex items-center gap-1">
            owner <Hash value={model.owner} label="owner" />
          </span>
          <span>
            minted <Ago at={model.mintedAt} />
          </span>
        </p>
      }
      action={
        <Button asChild>
          <Link href={`/models/${model.modelId}/license`} data-testid="license-link">
            Host this model
          </Link>
        </Button>
      }
    >
      <LiveRefresh />
      {model.markedAt ? (
        <Note tone="risk" role="alert" data-testid="model-marked">
          Marked <Ago at={model.markedAt} />: a committee found that its editions answer the keys of another model by
          themselves. No license on it is active or accepted until the arbitrator undoes it.
        </Note>
      ) : null}
      <Figures>
        {serveTerms ? <Figure name="Floor price" value={<Amount value={serveTerms.price} />} /> : null}
        {serveTerms ? <Figure name="Bond per host" value={<Amount value={serveTerms.bond} />} /> : null}
        {title ? <Figure name="Title bond" value={<Amount value={title.bond} />} /> : null}
        <Figure name="Hosts" value={model.hostCount} />
        <Figure name="Uses booked" value={model.useCount.toLocaleString('en')} />
        <Figure
          name="Money booked"
          value={<Amount value={model.revenue} tone={model.revenue > 0n ? 'money' : 'plain'} />}
        />
      </Figures>
      <div className="grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_23rem] lg:gap-8">
        <aside className="flex min-w-0 flex-col gap-8 lg:col-start-2 lg:row-start-1">
          <TryPanel
            hosts={serving}
            kind={model.kind ?? 'language'}
            floorPrice={serveTerms?.price ?? 0n}
            {...(demoUrl ? { demoUrl } : {})}
          />
          {demoUrl ? <DemoChoice modelId={String(model.modelId)} owner={model.owner} demoUrl={demoUrl} /> : null}
        </aside>
        <div className="flex min-w-0 flex-col gap-10 lg:col-start-1 lg:row-start-1">
          <Section title="Hosts" note="Prices are asked of the hosts themselves, by your browser, just now.">
            {hosts.length > 0 ? (
              <HostTable hosts={hosts} floorPrice={serveTerms?.price ?? 0n} />
            ) : (
              <EmptyState title="No host yet">Whoever accepts the terms and posts the bond may serve it.</EmptyState>
            )}
          </Section>
          <Section title="Card">
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
          <Section
            title={<Definition of="title bond">Title bond</Definition>}
            note="An upheld blame of this model’s editions is paid out of it before the host pays. Anyone may add to it."
          >
            <TitleBond modelId={model.modelId} />
          </Section>
          <Section title="Terms">
            {offers.length > 0 ? (
              <div className="flex flex-col gap-4">
                {offers.map((terms) => (
                  <Card key={terms.kind} className="p-5">
                    <TermsView terms={terms} title={title} />
                  </Card>
                ))}
              </div>
            ) : (
              <EmptyState title="No offer">
                The owner takes no new licensees; licenses that were accepted go on.
              </EmptyState>
            )}
          </Section>
        </div>
      </div>
      <Section
        title="Evidence"
        note="Keys and candidate answers were committed first; a later round of the beacon drew the answers; only then were the weights marked."
      >
        <EvidenceView model={model} />
      </Section>
      <Section
        title="Paid out"
        note="What left the vaults of this model’s licenses, and royalties out of those of models built on it. What still lies there, anyone may pay out on its host’s page."
      >
        <PayoutTable payouts={payouts} />
      </Section>
      <Section
        title="Inspection"
        note="Its own vaults feed this pool. The model’s owner or agent pays verifiers out of it who opened a batch on this model."
      >
        <InspectionView modelId={model.modelId} batches={batches} />
      </Section>
      {blames.length > 0 ? (
        <Section
          title="Blames"
          note="Hosts that say that an edition of this model answers another model’s keys by itself."
        >
          <BlameTable blames={blames} />
        </Section>
      ) : null}
      <Section title="Claims over this model">
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host of using this model unpaid.</EmptyState>
        )}
      </Section>
    </Page>
  );
}
