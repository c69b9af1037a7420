'use client';
import { Note } from '@oml/ui/empty-state';
import { useState, type ReactNode } from 'react';
import { ConnectButton } from '#wallet/connect-button.tsx';
import type { SlottedFiles } from './file-slots.ts';
import { OwnWay } from './own/own-way.tsx';
import type { PublishTerms } from './publish-terms.ts';
import { SendStep } from './send-step.tsx';

interface WayStepProps {
  /** Undefined where this site names none. */
  publisher: string | undefined;
  files: SlottedFiles;
  kind: 'language' | 'classifier';
  terms: PublishTerms;
  onOrdered: (publicationId: string) => void;
}

/** Bytes of a model that is marked in a browser: it holds several copies of it. */
const MOST_HERE = 2 ** 26;

/** Who marks the weights: this browser, or a publisher. Both end in the same mint. */
export function WayStep({ publisher, files, kind, terms, onOrdered }: WayStepProps) {
  const [way, setWay] = useState<'own' | 'publisher'>(publisher ? 'publisher' : 'own');
  const isTooLarge = (files.model?.size ?? 0) > MOST_HERE;
  const connect = <ConnectButton />;
  return (
    <div className="flex flex-col gap-5 text-sm">
      {publisher ? (
        <fieldset className="grid gap-3 sm:grid-cols-2">
          <legend className="sr-only">Who marks the weights</legend>
          <Way name="publisher" title="By a publisher" chosen={way} onChosen={setWay}>
            The files go to the owner’s agent of this site once you sign. It marks them, pays gas and fee, delivers
            every edition and answers verifiers.
          </Way>
          <Way name="own" title="In this browser" chosen={way} onChosen={setWay}>
            Model and secret stay here. You pay gas and fee, keep a file of keys, and deliver every edition yourself.
          </Way>
        </fieldset>
      ) : null}
      {way === 'publisher' && publisher ? (
        <SendStep publisher={publisher} {...{ files, kind, terms, onOrdered, connect }} />
      ) : isTooLarge ? (
        <Note tone="risk" data-testid="own-too-large">
          A browser marks models up to {MOST_HERE / 2 ** 20} MiB; this one is larger. Use a publisher, or run your own.
        </Note>
      ) : (
        <OwnWay {...{ files, kind, terms, connect }} />
      )}
    </div>
  );
}

function Way({
  name,
  title,
  chosen,
  onChosen,
  children,
}: {
  name: 'own' | 'publisher';
  title: string;
  chosen: string;
  onChosen: (way: 'own' | 'publisher') => void;
  children: ReactNode;
}) {
  return (
    <label className="flex items-start gap-2 rounded-md border border-line p-3 has-checked:border-accent">
      <input
        type="radio"
        name="way"
        className="mt-1 accent-accent"
        checked={chosen === name}
        onChange={() => onChosen(name)}
        data-testid={`way-${name}`}
      />
      <span>
        <span className="font-semibold">{title}</span>
        <span className="block text-xs text-ink-soft">{children}</span>
      </span>
    </label>
  );
}
