import { Button } from '@oml/ui/button';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ModelFilter } from '#model/model-filter.tsx';
import { ModelList } from '#model/model-list.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readModels } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'Models' };

const PAGE_SIZE = 24;

interface Search {
  q?: string;
  kind?: string;
  after?: string;
}

export default async function ModelsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const search = readSearch(await searchParams);
  const kind: 'language' | 'classifier' | undefined =
    search.kind === 'language' || search.kind === 'classifier' ? search.kind : undefined;
  const after = search.after && /^\d{1,18}$/.test(search.after) ? BigInt(search.after) : undefined;
  const query = {
    limit: PAGE_SIZE + 1,
    ...(search.q ? { search: search.q } : {}),
    ...(kind ? { kind } : {}),
    ...(after === undefined ? {} : { after }),
  };
  const index = await readModels(query);
  if (!index) return <IndexUnavailable title="Models" />;
  const models = index.data.slice(0, PAGE_SIZE);
  const last = index.data.length > PAGE_SIZE ? models.at(-1) : undefined;
  return (
    <Page title="Models" intro="Weights under terms. Every price is a floor; hosts set their own above it.">
      <div className="flex flex-col gap-5">
        <ModelFilter q={search.q ?? ''} kind={kind ?? ''} />
        {models.length > 0 ? <ModelList models={models} /> : <NoModels searched={Boolean(search.q || kind)} />}
        {last ? (
          <Button asChild className="self-center">
            <Link
              href={{
                pathname: '/models',
                query: { ...(search.q ? { q: search.q } : {}), ...(kind ? { kind } : {}), after: String(last.modelId) },
              }}
            >
              Older models
            </Link>
          </Button>
        ) : null}
      </div>
    </Page>
  );
}

function NoModels({ searched }: { searched: boolean }) {
  return searched ? (
    <EmptyState
      title="Nothing matches"
      action={
        <Button asChild size="sm">
          <Link href="/models">Show all</Link>
        </Button>
      }
    >
      Names, cards, model numbers and owners’ addresses are searched, by the beginnings of words.
    </EmptyState>
  ) : (
    <EmptyState
      title="No model is published yet"
      action={
        <Button asChild size="sm">
          <Link href="/publish">Publish a model</Link>
        </Button>
      }
    >
      A model appears here once its code book is committed and the model is minted.
    </EmptyState>
  );
}

function readSearch(params: Record<string, string | string[] | undefined>): Search {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)?.trim().slice(0, 200);
  return Object.fromEntries(
    ['q', 'kind', 'after'].map((name) => [name, one(params[name])]).filter(([, value]) => value),
  );
}
