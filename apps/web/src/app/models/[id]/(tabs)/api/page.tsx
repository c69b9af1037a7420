import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { IndexUnavailable } from '#kit/page.tsx';
import { ApiView } from '#model/api-view.tsx';
import { modelIdOf } from '#server/model-id.ts';
import { readModel } from '#server/read-model.ts';

export const metadata: Metadata = { title: 'API' };

/** How a program asks the model. */
export default async function ApiTab({ params }: { params: Promise<{ id: string }> }) {
  const index = await readModel(await modelIdOf(params));
  if (!index) return <IndexUnavailable title="API" />;
  const { modelId, kind = 'language', offers, hostCount } = index.data ?? notFound();
  return <ApiView modelId={modelId} kind={kind} price={offers.serve?.price} hostCount={hostCount} />;
}
