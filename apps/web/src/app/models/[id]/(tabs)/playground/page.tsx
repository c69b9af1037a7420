import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { TryPanel } from '#call/try-panel.tsx';
import { IndexUnavailable } from '#kit/page.tsx';
import { DemoChoice } from '#model/model-islands.ts';
import { demoUrlOf } from '#model/publisher-address.ts';
import { modelIdOf } from '#server/model-id.ts';
import { readSetup } from '#server/public-config.ts';
import { readId } from '#server/read-id.ts';
import { readAskable } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'Playground' };

/** Where a visitor asks the model something. */
export default async function PlaygroundTab({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ host?: string | string[] }>;
}) {
  const index = await readAskable(await modelIdOf(params), readId(String((await searchParams).host ?? '')));
  if (!index) return <IndexUnavailable title="Playground" />;
  const { model, hosts } = index.data ?? notFound();
  const setup = readSetup();
  const demoUrl = model.hasDemo
    ? demoUrlOf(model, 'config' in setup ? setup.config.publisherUrl : undefined)
    : undefined;
  return (
    <div className="flex flex-col gap-4">
      <TryPanel
        hosts={hosts}
        kind={model.kind ?? 'language'}
        floorPrice={model.offers.serve?.price ?? 0n}
        {...(demoUrl ? { demoUrl } : {})}
      />
      {demoUrl ? <DemoChoice modelId={String(model.modelId)} owner={model.owner} demoUrl={demoUrl} /> : null}
    </div>
  );
}
