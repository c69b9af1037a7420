import { Button } from '@oml/ui/button';
import { Note } from '@oml/ui/empty-state';
import { Ago } from '@oml/ui/ago';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { ModelHeadline } from '#model/model-headline.tsx';
import { ModelTabs } from '#model/model-tabs.tsx';
import { modelName } from '#model/model-words.ts';
import { TakedownNote } from '#moderation/takedown-note.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readModel } from '#server/read-model.ts';

interface Props {
  params: Promise<{ id: string }>;
  children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const modelId = await modelIdOf(params);
  const model = (await readModel(modelId))?.data;
  if (!model) return { title: 'Model' };
  const name = modelName(model);
  return {
    title: { default: name, template: `%s · ${name} · OML` },
    ...(model.summary ? { description: model.summary.slice(0, 200) } : {}),
    alternates: { canonical: model.address },
    ...(model.takedown ? { robots: { index: false } } : {}),
  };
}

/** What stands above every part of a model's page. */
export default async function ModelLayout({ params, children }: Props) {
  const modelId = await modelIdOf(params);
  const index = await readModel(modelId);
  if (!index) return <IndexUnavailable title={`Model ${modelId}`} />;
  const model = index.data ?? notFound();
  return (
    <Page
      title={modelName(model)}
      intro={<ModelHeadline model={model} />}
      action={
        <div className="flex flex-wrap gap-2">
          <Button asChild variant="primary">
            <Link prefetch={false} href={`${model.address}/playground`} data-testid="use-model">
              Use this model
            </Link>
          </Button>
          <Button asChild>
            <Link prefetch={false} href={`${model.address}/license`} data-testid="license-link">
              Host it
            </Link>
          </Button>
        </div>
      }
    >
      {model.takedown ? <TakedownNote takedown={model.takedown} /> : null}
      {model.markedAt ? (
        <Note tone="risk" role="alert" data-testid="model-marked">
          Marked <Ago at={model.markedAt} />: a committee found that its editions answer the keys of another model by
          themselves. No license on it is active or accepted until the arbitrator undoes it.
        </Note>
      ) : null}
      <ModelTabs base={model.address} />
      {children}
    </Page>
  );
}
