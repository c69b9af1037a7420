import { Button } from '@oml/ui/button';
import { EmptyState } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import Link from 'next/link';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { CompareTable } from '#model/compare-table.tsx';
import { readCompared } from '#server/read-models.ts';
import { readIds } from '#server/read-id.ts';
import { MOST_COMPARED } from '#model/model-words.ts';

export const metadata: Metadata = { title: 'Compare models', robots: { index: false } };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Up to four models side by side, as the address names them. */
export default async function ComparePage({ searchParams }: Props) {
  const index = await readCompared(readIds((await searchParams)['model'], MOST_COMPARED));
  if (!index) return <IndexUnavailable title="Compare models" />;
  return (
    <Page title="Compare models" intro="What cards, chain and verifiers say, side by side.">
      {index.data.length > 0 ? (
        <CompareTable models={index.data} />
      ) : (
        <EmptyState
          title="No model is chosen"
          action={
            <Button asChild size="sm">
              <Link prefetch={false} href="/models?view=table">
                Choose some
              </Link>
            </Button>
          }
        >
          Mark up to {MOST_COMPARED} models in the table of models.
        </EmptyState>
      )}
    </Page>
  );
}
