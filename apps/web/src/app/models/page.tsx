import { Button } from '@oml/ui/button';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import Link from 'next/link';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { Pager } from '#kit/pager.tsx';
import { ModelChoices, ModelFacets } from '#model/model-facets.tsx';
import { ModelFilter } from '#model/model-filter.tsx';
import { ModelList } from '#model/model-list.tsx';
import { keptOf, modelsAddress, readModelSearch } from '#model/model-search.ts';
import { ModelTable } from '#model/model-table.tsx';
import { readModelsPage } from '#server/read-models.ts';

export const metadata: Metadata = {
  title: 'Models',
  description: 'Open weights to call by the use: search them, compare their prices and hosts, try them in the browser.',
  alternates: { canonical: '/models' },
};

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ModelsPage({ searchParams }: Props) {
  const search = readModelSearch(await searchParams);
  const index = await readModelsPage(search);
  if (!index) return <IndexUnavailable title="Models" />;
  const { models, next, kinds, facets } = index.data;
  return (
    <Page
      title="Models"
      intro="Open weights that answer for a price a call. What a card says is the least; each host names its own price."
    >
      <div className="flex flex-col gap-5">
        <ModelFilter q={search.q} kept={keptOf(search)} />
        <ModelFacets search={search} options={facets} />
        <ModelChoices search={search} counts={kinds} />
        {models.length === 0 ? (
          <NoModels isSearched={modelsAddress({ ...search, sort: 'new', view: 'cards' }) !== '/models'} />
        ) : null}
        {models.length > 0 && search.view === 'cards' ? <ModelList models={models} /> : null}
        {models.length > 0 && search.view === 'table' ? <ModelTable models={models} /> : null}
        <Pager
          of="models"
          first={search.after === undefined ? undefined : modelsAddress(search)}
          next={next === undefined ? undefined : modelsAddress(search, { after: next })}
        />
      </div>
    </Page>
  );
}

function NoModels({ isSearched }: { isSearched: boolean }) {
  return isSearched ? (
    <EmptyState
      title="Nothing matches"
      action={
        <Button asChild size="sm">
          <Link prefetch={false} href="/models">
            Show all
          </Link>
        </Button>
      }
    >
      Names, cards, model numbers and owners’ addresses are searched, by the beginnings of words; of what is chosen, a
      model must have all.
    </EmptyState>
  ) : (
    <EmptyState
      title="No model is published yet"
      action={
        <Button asChild size="sm">
          <Link prefetch={false} href="/publish">
            Publish a model
          </Link>
        </Button>
      }
    >
      A model appears here once its publisher has marked and registered it.
    </EmptyState>
  );
}
