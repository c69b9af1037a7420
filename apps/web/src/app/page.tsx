import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card, Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ClaimTable } from '#claim/claim-table.tsx';
import { TextLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { ModelList } from '#model/model-list.tsx';
import { readFrontPage } from '#server/read-front.ts';

const TITLE = 'Call open models by the use';

export const metadata: Metadata = { alternates: { canonical: '/' } };

export default async function FrontPage() {
  const index = await readFrontPage();
  if (!index) return <IndexUnavailable title={TITLE} />;
  const { count, models, claims, refused } = index.data;
  return (
    <Page
      title={TITLE}
      intro={
        <p>
          Hosts answer for a price a call and put up a <Definition of="bond" />; every answer comes with a signed{' '}
          <Definition of="receipt" />. You need no account: a wallet in the browser, or any OpenAI client with a budget.
        </p>
      }
    >
      <LiveRefresh />
      <form action="/models" role="search" className="-mt-4 flex max-w-2xl gap-2">
        <label className="min-w-0 flex-1">
          <span className="sr-only">Search models</span>
          <input
            name="q"
            type="search"
            placeholder="Name, task, licence, language, owner or number"
            className="h-10 w-full rounded-md border border-line-strong bg-surface px-3 text-sm placeholder:text-ink-faint"
          />
        </label>
        <Button type="submit">Search</Button>
      </form>
      <Doors />
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
      <Figures>
        <Figure name="Models" value={count.models} />
        <Figure name="Hosts serving" value={count.hosts} />
        <Figure name="Paid uses" value={count.uses.toLocaleString('en')} />
        <Figure name="Paid for uses" value={<Amount value={count.revenue} tone="money" />} />
        <Figure name="Claims" value={count.claims} />
        <Figure
          name="Slashed"
          value={<Amount value={count.slashed} tone={count.slashed > 0n ? 'slashed' : 'plain'} />}
        />
      </Figures>
      <Enforcement />
      <Section
        title="Latest verdicts"
        note="Every accusation, also those that the court refused."
        action={
          <TextLink href="/claims" className="text-sm">
            All claims
          </TextLink>
        }
      >
        {claims.length + refused.length > 0 ? (
          <ClaimTable claims={claims} refused={refused} />
        ) : (
          <EmptyState title="No claim yet">Nobody has accused a host so far.</EmptyState>
        )}
      </Section>
    </Page>
  );
}

const DOORS = [
  ['/models', 'Use a model', 'Choose a host, see the price, sign once. Or point your OpenAI client at it.'],
  ['/publish', 'Publish one', 'Keep the weights yours: they carry secret marks, and each use pays you.'],
  ['/host', 'Host models', 'Post a bond, get an edition of your own, and be paid by the use.'],
] as const;

function Doors() {
  return (
    <ul className="grid gap-3 sm:grid-cols-3">
      {DOORS.map(([href, name, what]) => (
        <li key={href}>
          <Card className="relative h-full p-4 hover:border-line-strong hover:bg-raised/40">
            <Link prefetch={false} href={href} className="text-base font-semibold after:absolute after:inset-0">
              {name}
            </Link>
            <p className="mt-1 text-sm text-ink-soft">{what}</p>
          </Card>
        </li>
      ))}
    </ul>
  );
}

const STEPS = [
  [
    'Marked',
    'The owner’s weights carry secret questions and answers, committed on chain before anyone knew which count.',
  ],
  ['Bonded', 'A host posts money before it may serve, and signs a receipt for every answer.'],
  ['Paid by the use', 'Each call pays a vault that splits it between owner and host. Nobody can take it out whole.'],
  [
    'Caught',
    'Whoever serves it unpaid, under any name, answers the secret questions: that is proof, and the bond is cut.',
  ],
] as const;

/** How it is enforced, in four steps. */
function Enforcement() {
  return (
    <Section title="Why hosts pay">
      <ol className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {STEPS.map(([name, what], i) => (
          <li key={name}>
            <Card className="h-full p-4">
              <p className="font-mono text-xs text-ink-soft">{i + 1}</p>
              <h3 className="mt-1 text-sm font-semibold">{name}</h3>
              <p className="mt-1 text-sm text-ink-soft">{what}</p>
            </Card>
          </li>
        ))}
      </ol>
    </Section>
  );
}
