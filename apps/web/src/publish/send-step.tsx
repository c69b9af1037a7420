'use client';
import { useMutation } from '@tanstack/react-query';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { publishRequestTypedData } from '@oml/protocol/signed/publish-request';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { Button } from '@oml/ui/button';
import { useState, type ReactNode } from 'react';
import { useConnection, useSignTypedData } from 'wagmi';
import { explainError } from '../wallet/explain-error.ts';
import { Problem } from '../wallet/problem.tsx';
import { usePublicConfig } from '../wallet/providers.tsx';
import { SLOTS, type SlottedFiles } from './file-slots.ts';
import { orderPublication, upload, uploadIdOf } from './publisher-client.ts';
import { readPublishTerms, type PublishTerms } from './publish-terms.ts';

interface SendStepProps {
  publisher: string;
  files: SlottedFiles;
  kind: 'language' | 'classifier';
  terms: PublishTerms;
  onOrdered: (publicationId: string) => void;
  connect: ReactNode;
}

/** Has the wallet sign the whole order, then uploads the files it names and sends it. */
export function SendStep({ publisher, files, kind, terms, onOrdered, connect }: SendStepProps) {
  const { address } = useConnection();
  const { deployment } = usePublicConfig();
  const { mutateAsync: sign } = useSignTypedData();
  const [at, setAt] = useState('');
  const read = readPublishTerms(terms);
  const order = useMutation({
    mutationFn: async () => {
      if (!address || !('read' in read)) throw new Error('Connect a wallet first.');
      setAt('Reading the files');
      const body: PublishRequestJson = { kind, files: await uploadIds(files), owner: address, ...read.read };
      setAt('Waiting for your signature');
      const signature = await sign(publishRequestTypedData(body, registryOf(deployment)));
      await uploadAll(publisher, files, body.files, setAt);
      setAt('Ordering the publication');
      return orderPublication(publisher, body, signature);
    },
    onSuccess: onOrdered,
  });
  if (!address)
    return (
      <div className="flex flex-col items-start gap-3 text-sm text-ink-soft">
        The connected account becomes the model’s owner.{connect}
      </div>
    );
  return (
    <div className="flex flex-col items-start gap-3 text-sm">
      <p className="text-ink-soft">
        Your wallet signs one message that names every file, the fingerprints and the terms. It moves no money; the
        publisher’s agent pays the gas and mints the model to your account.
      </p>
      <Button
        variant="primary"
        busy={order.isPending}
        disabled={!('read' in read)}
        onClick={() => order.mutate()}
        data-testid="publish-send"
      >
        {order.isPending ? 'Sending' : 'Sign and publish'}
      </Button>
      {order.isPending ? (
        <p role="status" className="text-xs text-ink-soft tabular-nums">
          {at}
        </p>
      ) : null}
      {order.error ? <Problem explanation={explainError(order.error)} data-testid="publish-error" /> : null}
    </div>
  );
}

const registryOf = ({ chainId, contracts }: Deployment) => ({ chainId, modelRegistry: contracts.modelRegistry });

/** What the publisher will call each file: its SHA-256. */
async function uploadIds(files: SlottedFiles): Promise<PublishRequestJson['files']> {
  const ids = await Promise.all(
    SLOTS.map(async ({ slot }) => [slot, files[slot] && (await uploadIdOf(files[slot]))] as const),
  );
  const { model, ...others } = Object.fromEntries(ids.filter(([, id]) => id !== undefined));
  if (model === undefined) throw new Error('Choose a model file first.');
  return { model, ...others };
}

async function uploadAll(
  publisher: string,
  files: SlottedFiles,
  ids: PublishRequestJson['files'],
  say: (text: string) => void,
): Promise<void> {
  for (const { slot } of SLOTS) {
    const file = files[slot];
    if (!file) continue;
    const id = await upload(publisher, file, (share) => say(`Uploading ${file.name}: ${Math.round(share * 100)} %`));
    if (id !== ids[slot])
      throw new OmlError('CONFLICT', `${file.name} arrived changed: sign and send again.`, { retryable: true });
  }
}
