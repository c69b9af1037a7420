'use client';
import { useMutation } from '@tanstack/react-query';
import { EmptyState } from '@oml/ui/empty-state';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Step } from '@oml/ui/step';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import { addFiles, missingFiles, type GivenFiles } from './file-slots.ts';
import { FileStep } from './file-step.tsx';
import { inspectInBrowser } from './inspect-model.ts';
import { InspectionView } from './inspection-view.tsx';
import { PublicationProgress } from './publication-progress.tsx';
import { TermsStep } from './terms-step.tsx';
import { initialTerms, type PublishTerms } from './publish-terms.ts';
import { PublishingNote } from './publishing-note.tsx';
import { SendStep } from './send-step.tsx';

/** From a file to a model on chain. The publication's number stands in the address, so that it can be come back to. */
export function PublishPage() {
  const { publisherUrl } = usePublicConfig();
  const router = useRouter();
  const publication = useSearchParams().get('publication');
  if (!publisherUrl)
    return (
      <EmptyState title="No publisher is named to this site">
        Set PUBLISHER_URL to the owner’s agent, or publish with its own command.
      </EmptyState>
    );
  if (publication) return <PublicationProgress publisher={publisherUrl} id={publication} />;
  return <PublishForm publisher={publisherUrl} onOrdered={(id) => router.push(`/publish?publication=${id}`)} />;
}

function PublishForm({ publisher, onOrdered }: { publisher: string; onOrdered: (id: string) => void }) {
  const [given, setGiven] = useState<GivenFiles>({ slots: {}, beside: [] });
  const [terms, setTerms] = useState<PublishTerms>();
  const inspect = useMutation({
    mutationFn: ({ model, beside }: { model: File; beside: readonly File[] }) => inspectInBrowser(model, beside),
  });
  const add = (files: File[]) => {
    const next = addFiles(given, files);
    setGiven(next);
    const { model } = next.slots;
    if (model && (model !== given.slots.model || next.beside !== given.beside))
      inspect.mutate(
        { model, beside: next.beside },
        { onSuccess: ({ inspection }) => setTerms((before) => before ?? initialTerms(inspection.kind)) },
      );
  };
  const files = { ...given.slots, ...(inspect.data ? { model: inspect.data.file } : {}) };
  const kind = inspect.data?.inspection.kind;
  const missing = kind ? missingFiles(files, kind) : [];
  return (
    <div className="flex flex-col gap-3">
      <PublishingNote publisher={publisher} />
      <ol className="flex flex-col gap-3">
        <Step number={1} title="Open the model" done={inspect.isSuccess && missing.length === 0}>
          <FileStep files={files} beside={given.beside} onFiles={add} kind={kind} />
          {inspect.isPending ? <p className="mt-3 text-sm text-ink-soft">Inspecting in this browser</p> : null}
          {inspect.error ? (
            <div className="mt-3">
              <Problem explanation={explainError(inspect.error)} data-testid="publish-error" />
            </div>
          ) : null}
          {inspect.data ? <InspectionView inspected={inspect.data} missing={missing} /> : null}
        </Step>
        <Step number={2} title="Fingerprints and terms" done={false}>
          {terms && kind ? (
            <TermsStep
              terms={terms}
              onTerms={setTerms}
              kind={kind}
              keySize={inspect.data?.inspection.site.keySize ?? 0}
            />
          ) : (
            <p className="text-sm text-ink-soft">Open a model first.</p>
          )}
        </Step>
        <Step number={3} title="Sign and send" done={false}>
          {terms && kind && missing.length === 0 ? (
            <SendStep
              publisher={publisher}
              files={files}
              kind={kind}
              terms={terms}
              onOrdered={onOrdered}
              connect={<ConnectButton />}
            />
          ) : (
            <p className="text-sm text-ink-soft">
              Your wallet signs upload and order; the files go to the publisher only then.
            </p>
          )}
        </Step>
      </ol>
    </div>
  );
}
