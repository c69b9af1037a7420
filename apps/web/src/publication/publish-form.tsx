'use client';
import { lazy, Suspense, useState } from 'react';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { Note } from '@oml/ui/empty-state';
import { Step } from '@oml/ui/step';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { DataStep } from './data/data-step.tsx';
import { forgetDraft, keepDraft, keptDraft } from './draft.ts';
import { FileStep } from './file-step.tsx';
import { InspectionView } from './inspection-view.tsx';
import { ReleaseWay } from './own/release-way.tsx';
import { TermsStep } from './terms-step.tsx';
import { initialTerms, type PublishTerms } from './publish-terms.ts';
import { PublishingNote } from './publishing-note.tsx';
import { useGiven, type Given } from './use-given.ts';
import { WayStep } from './way-step.tsx';

/** Reading Markdown and YAML takes code that few visitors need: it comes with the first card. */
const CardPreview = lazy(async () => ({ default: (await import('./card-preview.tsx')).CardPreview }));

interface PublishFormProps {
  publisher: string | undefined;
  /** The model that gets its next release; else a new one is minted. */
  releaseOf?: bigint;
  onOrdered: (publicationId: string) => void;
}

/** A model's files, its fingerprints and terms, and who marks it. */
export function PublishForm({ publisher, releaseOf, onOrdered }: PublishFormProps) {
  const [terms, setTerms] = useState<PublishTerms>();
  const start = (kind: ModelKind) =>
    setTerms((before) => {
      if (before) return before;
      const usual = initialTerms(kind);
      return releaseOf ? { ...usual, name: `model ${releaseOf}` } : keptDraft(localStorage, kind, usual);
    });
  const given = useGiven(start);
  const { kind, files, missing } = given;
  const change = (next: PublishTerms) => {
    setTerms(next);
    if (kind && !releaseOf) keepDraft(localStorage, kind, next);
  };
  const ordered = (id: string) => {
    if (kind) forgetDraft(localStorage, kind);
    onOrdered(id);
  };
  const isReady = terms !== undefined && kind !== undefined && missing.length === 0;
  return (
    <div className="flex flex-col gap-3">
      <Before publisher={publisher} releaseOf={releaseOf} />
      <ol className="flex flex-col gap-3">
        <Step number={1} title="Open the model" done={isReady}>
          <OpenModel given={given} />
        </Step>
        <Step number={2} title={releaseOf ? 'Fingerprints' : 'Fingerprints and terms'} done={false}>
          {terms && kind ? (
            <TermsStep
              terms={terms}
              onTerms={change}
              kind={kind}
              keySize={given.inspect.data?.inspection.site.keySize ?? 0}
            />
          ) : (
            <p className="text-sm text-ink-soft">Open a model first.</p>
          )}
        </Step>
        <Step number={3} title="Mark and mint" done={false}>
          {isReady && releaseOf ? (
            <ReleaseWay modelId={releaseOf} files={files} kind={kind} terms={terms} />
          ) : isReady ? (
            <WayStep publisher={publisher} files={files} kind={kind} terms={terms} onOrdered={ordered} />
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

/** Who may, before anybody fills anything in. */
function Before({ publisher, releaseOf }: { publisher: string | undefined; releaseOf: bigint | undefined }) {
  if (releaseOf)
    return (
      <Note>
        This becomes the next release of model {String(releaseOf)}, with a code book of its own, fingerprinted in this
        browser. A model of a publisher gets its releases from there.
      </Note>
    );
  if (publisher) return <PublishingNote publisher={publisher} />;
  return <Note>No publisher is named to this site: whoever has a wallet publishes in this browser.</Note>;
}

/** The files, what the browser found in them, and what it makes of them. */
function OpenModel({ given: { given, files, kind, missing, inspect, tokenizer, add, open, fill } }: { given: Given }) {
  const error = inspect.error ?? tokenizer.error;
  return (
    <>
      <FileStep files={files} given={given} onFiles={add} onOther={open} kind={kind} />
      {inspect.isPending ? (
        <p role="status" className="mt-3 text-sm text-ink-soft">
          Inspecting in this browser
        </p>
      ) : null}
      {tokenizer.data && files.tokenizer === tokenizer.data ? (
        <p className="mt-3 text-xs text-ink-soft" data-testid="publish-tokenizer-made">
          tokenizer.json was made of the tokenizer’s own files. Hosts get it as it is now.
        </p>
      ) : null}
      {error ? (
        <div className="mt-3">
          <Problem explanation={explainError(error)} data-testid="publish-error" />
        </div>
      ) : null}
      {inspect.data ? <InspectionView inspected={inspect.data} missing={missing} /> : null}
      {inspect.data && given.data.length > 0 ? (
        <DataStep data={given.data} files={files} inspection={inspect.data.inspection} onMade={fill} />
      ) : null}
      {files.card ? (
        <Suspense>
          <CardPreview card={files.card} />
        </Suspense>
      ) : null}
    </>
  );
}
