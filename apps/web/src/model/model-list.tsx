import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { shortHex } from '@oml/ui/short-hex';
import Link from 'next/link';
import { hostWords, modelName, taskWords } from './model-words.ts';
import type { ListedModel } from './shown-model.ts';

/** Models as cards: what each is for, under which licence, what a call costs, and who answers. */
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
  const { license, languages } = model.facts;
  return (
    <Card className="relative flex h-full flex-col gap-3 p-4 transition-colors hover:border-line-strong hover:bg-raised/40 has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent">
      <div className="min-w-0">
        <h2 className="truncate text-base font-semibold">
          <Link
            prefetch={false}
            href={model.address}
            data-testid={`model-link-${model.modelId}`}
            className="outline-none after:absolute after:inset-0"
          >
            {modelName(model)}
          </Link>
        </h2>
        <p className="mt-0.5 truncate text-xs text-ink-soft">
          {[taskWords(model), license, ...languages, ...(model.hasDemo ? ['free demo'] : [])]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <p className="line-clamp-2 text-sm text-ink-soft">
        {model.summary ?? 'The publisher’s card was not reached yet.'}
      </p>
      <p className="text-xs text-ink-soft">
        by <span className="font-mono">{shortHex(model.owner)}</span>, <Ago at={model.mintedAt} />
      </p>
      <dl className="mt-auto flex flex-wrap gap-x-5 gap-y-1 border-t border-line pt-3 text-xs">
        <Fact
          name="Price from"
          value={model.offers.serve ? <Amount value={model.offers.serve.price} /> : 'not offered'}
        />
        <Fact name={model.hostCount === 1 ? 'Host' : 'Hosts'} value={hostWords(model)} />
        <Fact name={model.useCount === 1 ? 'Paid use' : 'Paid uses'} value={model.useCount.toLocaleString('en')} />
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
