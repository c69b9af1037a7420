import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import Link from 'next/link';
import { kindWords, modelName } from './model-words.ts';
import type { ListedModel } from './shown-model.ts';

/** Models as cards: name, kind, price, who serves and what they earned. */
export function ModelList({ models }: { models: readonly ListedModel[] }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {models.map((model) => (
        <li key={String(model.modelId)} className="min-w-0">
          <ModelTile model={model} />
        </li>
      ))}
    </ul>
  );
}

function ModelTile({ model }: { model: ListedModel }) {
  return (
    <Card className="relative flex h-full flex-col gap-3 p-4 transition-colors hover:border-line-strong hover:bg-raised/40 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent">
      <div className="min-w-0">
        <div className="flex items-baseline justify-between gap-2">
          <h3 className="truncate text-base font-semibold">
            <Link
              href={`/models/${model.modelId}`}
              data-testid={`model-link-${model.modelId}`}
              className="outline-none after:absolute after:inset-0"
            >
              {modelName(model)}
            </Link>
          </h3>
          <span className="font-mono text-xs text-ink-faint">#{String(model.modelId)}</span>
        </div>
        <p className="mt-0.5 text-xs text-ink-soft">
          {kindWords(model.kind)}
          {model.hasDemo ? ', free demo in the browser' : ''}
        </p>
      </div>
      <p className="line-clamp-2 text-sm text-ink-soft">
        {cardSummary(model.card) ?? 'The publisher’s card was not reached yet.'}
      </p>
      <dl className="mt-auto flex flex-wrap gap-x-5 gap-y-1 border-t border-line pt-3 text-xs">
        {model.offers.serve ? <Fact name="Price from" value={<Amount value={model.offers.serve.price} />} /> : null}
        <Fact name={model.hostCount === 1 ? 'Host' : 'Hosts'} value={model.hostCount} />
        <Fact name={model.useCount === 1 ? 'Use' : 'Uses'} value={model.useCount.toLocaleString('en')} />
        <Fact name="Booked" value={<Amount value={model.revenue} tone={model.revenue > 0n ? 'money' : 'plain'} />} />
      </dl>
    </Card>
  );
}

function Fact({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="text-sm font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

/** The first sentence-like paragraph of a card, without markup. */
export function cardSummary(card: string | undefined): string | undefined {
  const body = card?.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '');
  const paragraph = body
    ?.split(/\r?\n\s*\r?\n/)
    .find((part) => /^[\p{L}\p{N}*_`"“]/u.test(part.trim()) && part.trim().length > 20);
  return paragraph
    ?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
