'use client';
import { TextField } from '@oml/ui/field';
import { publishRequestSchema } from '@oml/protocol/wire/publish-request';
import { useState, type ReactNode } from 'react';
import { isAddressEqual } from 'viem';
import { useConnection } from 'wagmi';
import type { Ending } from '#actions/code-book-actions.ts';
import type { SlottedFiles } from '../file-slots.ts';
import { readPublishTerms, type PublishTerms } from '../publish-terms.ts';
import { DrawKeys } from './draw-keys.tsx';
import type { OwnKeys } from './own-keys.ts';
import { OwnSteps } from './own-steps.tsx';

interface OwnWayProps {
  files: SlottedFiles;
  kind: OwnKeys['kind'];
  terms: PublishTerms;
  /** A model that gets its next release; else a new one is minted. */
  release?: Extract<Ending, { modelId: bigint }>;
  connect: ReactNode;
}

/** Fingerprints and publishes a model in this browser alone: its owner's wallet commits and mints. */
export function OwnWay({ files, kind, terms, release, connect }: OwnWayProps) {
  const { address } = useConnection();
  const [keys, setKeys] = useState<{ now: OwnKeys; isKept: boolean }>();
  const [uri, setUri] = useState('');
  const result = readPublishTerms(terms);
  const read = 'read' in result ? result.read : undefined;
  const asked = publishRequestSchema.shape.terms.safeParse(read?.terms);
  const problem = addressProblem(uri);
  const ending =
    release ?? (asked.data && !problem ? { terms: asked.data, uri: uri.trim().replace(/\/+$/, '') } : undefined);
  if (!address) return <Connect>{connect}</Connect>;
  if (!keys)
    return (
      <DrawKeys
        files={files}
        kind={kind}
        read={read}
        committer={address}
        onKeys={(now, isKept) => setKeys({ now, isKept })}
      />
    );
  const { now, isKept } = keys;
  if (!isAddressEqual(now.committer, address))
    return <p className="text-risk">These keys were drawn by {now.committer}: connect that account.</p>;
  return (
    <div className="flex flex-col gap-4">
      {release ? null : (
        <TextField
          label="Address of its card and editions"
          placeholder="https://models.example/fable"
          value={uri}
          onChange={({ target }) => setUri(target.value)}
          hint="A folder on the web that you can put files into, or your publisher. You can say it later."
          {...(problem ? { problem } : {})}
          data-testid="own-uri"
        />
      )}
      <OwnSteps
        keys={now}
        isKept={isKept}
        onKeys={(next) => setKeys({ now: next, isKept: false })}
        onKept={() => setKeys({ now, isKept: true })}
        onAnew={() => setKeys(undefined)}
        files={files}
        ending={ending}
      />
    </div>
  );
}

const Connect = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-col items-start gap-3 text-ink-soft">
    The connected account commits the code book, pays its fee and the gas, and becomes the model’s owner.
    {children}
  </div>
);

const addressProblem = (uri: string): string | undefined =>
  uri === '' || /^https?:\/\/\S{3,200}$/.test(uri.trim()) ? undefined : 'An address that begins with https://.';
