import { cn } from '@oml/ui/class-names';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import Link from 'next/link';
import { KIND_WORDS } from './model-words.ts';
import { modelsAddress, SORTS, type ModelSearch, type ModelSort } from './model-search.ts';

/** What the list can be narrowed to and sorted by: links, so that each choice has an address and needs no script. */
export function ModelFacets({ search, counts }: { search: ModelSearch; counts: Record<ModelKind, number> }) {
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
