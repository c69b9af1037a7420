'use client';
import { useRouter, useSearchParams } from 'next/navigation';
import { usePublicConfig } from '#kit/config-context.tsx';
import { PublicationProgress } from './publication-progress.tsx';
import { PublishForm } from './publish-form.tsx';

/** From a file to a model on chain. The publication's number stands in the address, so that it can be come back to. */
export function PublishPage() {
  const { publisherUrl } = usePublicConfig();
  const router = useRouter();
  const asked = useSearchParams();
  const publication = asked.get('publication');
  const model = asked.get('model');
  if (publication && publisherUrl) return <PublicationProgress publisher={publisherUrl} id={publication} />;
  return (
    <PublishForm
      publisher={publisherUrl}
      {...(model && /^[1-9]\d{0,18}$/.test(model) ? { releaseOf: BigInt(model) } : {})}
      onOrdered={(id) => router.push(`/publish?publication=${id}`)}
    />
  );
}
