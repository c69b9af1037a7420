import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import Link from 'next/link';
import { ClaimTable } from '#claim/claim-table.tsx';
import { ModelList } from '#model/model-list.tsx';
import { TextLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readFrontPage } from '#server/read-front.ts';

const TITLE = 'Open weights that are paid for, every use';

export default async function FrontPage() {
  const index = await readFrontPage();
  if (!index) return <IndexUnavailable title={TITLE} />;
  const { count, models, claims, refused } = index.data;
  return (
    <Page
      title={TITLE}
      intro={
        <p>
          Owners hand out model weights that carry secret <Definition of="fingerprint">fingerprints</Definition>; hosts
          put up a <Definition of="bond" />, buyers pay per use against a signed <Definition of="receipt" />, and anyone
          with a stake may prove a use that was not paid and have the bond slashed.
        </p>
      }
      action={
        <div className="flex gap-2">
          <Button asChild variant="primary">
            <Link href="/models">Try a model</Link>
          </Button>
          <Button asChild>
            <Link href="/publish">Publish a model</Link>
          </Button>
        </div>
      }
    >
      <LiveRefresh />
      <Figures>
        <Figure name="Models" value={count.models} />
        <Figure name="Hosts serving" value={count.hosts} />
        <Figure name="Uses booked" value={count.uses.toLocaleString('en')} />
        <Figure name="Money booked" value={<Amount value={count.revenue} tone="money" />} />
        <Figure name="Claims" value={count.claims} />
        <Figure
          name="Slashed"
          value={<Amount value={count.slashed} tone={count.slashed > 0n ? 'slashed' : 'plain'} />}
        />
      </Figures>
      <Section
        title="Models"
        action={
          <TextLink href="/models" className="text-sm">
            All models
          </TextLink>
        }
      >
        {models.length > 0 ? (
          <ModelList models={models} />
        ) : (
          <EmptyState title="No model is published yet">
            The first one can be yours: open an ONNX file under Publish.
          </EmptyState>
        )}
      </Section>
      <Section
        title="Last claims"
        note="Every accusation, also those that the court refused."
        action={
          <TextLink href="/claims" className="text-sm">
            All claims
          </TextLink>
        }
      >
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} limit={6} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host so far.</EmptyState>
        )}
      </Section>
    </Page>
  );
}
