'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Note } from '@oml/ui/empty-state';
import { Step } from '@oml/ui/step';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { addFiles, missingFiles, type GivenFiles } from './file-slots.ts';
import { FileStep } from './file-step.tsx';
import { inspectInBrowser } from './inspect-model.ts';
import { InspectionView } from './inspection-view.tsx';
import { ReleaseWay } from './own/release-way.tsx';
import { TermsStep } from './terms-step.tsx';
import { initialTerms, type PublishTerms } from './publish-terms.ts';
import { PublishingNote } from './publishing-note.tsx';
import { WayStep } from './way-step.tsx';

interface PublishFormProps {
  publisher: string | undefined;
  /** The model that gets its next release; else a new one is minted. */
  releaseOf?: bigint;
  onOrdered: (publicationId: string) => void;
}

/** A model's files, its fingerprints and terms, and who marks it. */
export function PublishForm({ publisher, releaseOf, onOrdered }: PublishFormProps) {
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
        {
          onSuccess: ({ inspection }) =>
            setTerms(
              (before) => before ?? { ...initialTerms(inspection.kind), name: releaseOf ? `model ${releaseOf}` : '' },
            ),
        },
      );
  };
  const files = { ...given.slots, ...(inspect.data ? { model: inspect.data.file } : {}) };
  const kind = inspect.data?.inspection.kind;
  const missing = kind ? missingFiles(files, kind) : [];
  const isReady = terms !== undefined && kind !== undefined && missing.length === 0;
  return (
    <div className="flex flex-col gap-3">
      {releaseOf ? (
        <Note>
          This becomes the next release of model {String(releaseOf)}, with a code book of its own, fingerprinted in this
          browser. A model of a publisher gets its releases from there.
        </Note>
      ) : publisher ? (
        <PublishingNote publisher={publisher} />
      ) : null}
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
        <Step number={2} title={releaseOf ? 'Fingerprints' : 'Fingerprints and terms'} done={false}>
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
        <Step number={3} title="Mark and mint" done={false}>
          {isReady && releaseOf ? (
            <ReleaseWay modelId={releaseOf} files={files} kind={kind} terms={terms} />
          ) : isReady ? (
            <WayStep publisher={publisher} files={files} kind={kind} terms={terms} onOrdered={onOrdered} />
          ) : (
            <p className="text-sm text-ink-soft">
              By a publisher, who gets the files once you sign; or in this browser, which they never leave.
            </p>
          )}
        </Step>
      </ol>
    </div>
  );
}
