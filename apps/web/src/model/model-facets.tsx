import { cn } from '@oml/ui/class-names';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import Link from 'next/link';
import { FACET_NAMES, FACET_WORDS, facetValueWords, type FacetName, type FacetOptions } from './facets.ts';
import { FacetForm } from './facet-form.tsx';
import { keptOf, modelsAddress, SORTS, type ModelSearch, type ModelSort } from './model-search.ts';
import { KIND_WORDS } from './model-words.ts';

/** In which order and form models are listed, and of which kind: links, so that each choice has an address. */
export function ModelChoices({ search, counts }: { search: ModelSearch; counts: Record<ModelKind, number> }) {
  const kinds = Object.keys(KIND_WORDS) as ModelKind[];
  const sorts = Object.keys(SORTS) as ModelSort[];
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm">
      <Choices label="Kind">
        <Choice href={modelsAddress(search, { kind: undefined })} isChosen={!search.kind}>
          All
        </Choice>
        {kinds.map((kind) => (
          <Choice key={kind} href={modelsAddress(search, { kind })} isChosen={search.kind === kind}>
            {KIND_WORDS[kind]} <span className="tabular-nums">{counts[kind].toLocaleString('en')}</span>
          </Choice>
        ))}
      </Choices>
      <Choices label="Order">
        {sorts.map((sort) => (
          <Choice key={sort} href={modelsAddress(search, { sort })} isChosen={search.sort === sort}>
            {SORTS[sort]}
          </Choice>
        ))}
      </Choices>
      <Choices label="Show as">
        <Choice href={modelsAddress(search, { view: 'cards' })} isChosen={search.view === 'cards'}>
          Cards
        </Choice>
        <Choice href={modelsAddress(search, { view: 'table' })} isChosen={search.view === 'table'}>
          Table
        </Choice>
      </Choices>
    </div>
  );
}

/** What else the list can be narrowed to: a form, which needs no script; what is chosen is a link back. */
export function ModelFacets({ search, options }: { search: ModelSearch; options: FacetOptions }) {
  const chosen = FACET_NAMES.filter((facet) => search.facets[facet]);
  return (
    <div className="flex flex-col gap-3">
      <FacetForm
        kept={keptOf({ ...search, facets: {} }, { withWords: true })}
        selects={FACET_NAMES.map((facet) => ({
          name: facet,
          label: FACET_WORDS[facet],
          value: search.facets[facet] ?? '',
          options: valuesOf(facet, options, search.facets[facet]),
        }))}
      />
      {chosen.length > 0 ? (
        <ul className="flex flex-wrap gap-2 text-sm" aria-label="Chosen">
          {chosen.map((facet) => (
            <li key={facet}>
              <Link
                href={modelsAddress(search, { facets: { ...search.facets, [facet]: undefined } })}
                prefetch={false}
                scroll={false}
                data-testid={`facet-off-${facet}`}
                className="inline-flex items-center gap-1.5 rounded-full border border-line-strong px-3 py-1 hover:bg-raised"
              >
                {FACET_WORDS[facet]}: {facetValueWords(facet, search.facets[facet]!)}
                <span aria-hidden>×</span>
                <span className="sr-only">take back</span>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** Values to choose from; a chosen one that few models have is among them, too. */
function valuesOf(facet: FacetName, options: FacetOptions, chosen: string | undefined) {
  const counted = options[facet] ?? [];
  const isListed = chosen === undefined || counted.some(({ value }) => value === chosen);
  const all = isListed ? counted : [...counted, { value: chosen, count: undefined }];
  return all.map(({ value, count }) => ({
    value,
    label: `${facetValueWords(facet, value)}${count === undefined ? '' : ` (${count.toLocaleString('en')})`}`,
  }));
}

function Choices({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-wrap items-center gap-1">
      <span aria-hidden className="mr-1 text-xs text-ink-soft">
        {label}
      </span>
      {children}
    </nav>
  );
}

function Choice({ href, isChosen, children }: { href: string; isChosen: boolean; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      prefetch={false}
      scroll={false}
      aria-current={isChosen ? 'true' : undefined}
      className={cn(
        'rounded-md px-2.5 py-1 hover:bg-raised hover:text-ink',
        isChosen ? 'bg-raised font-semibold text-ink' : 'text-ink-soft',
      )}
    >
      {children}
    </Link>
  );
}
