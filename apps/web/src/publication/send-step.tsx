'use client';
import { useMutation } from '@tanstack/react-query';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { publishRequestTypedData } from '@oml/protocol/signed/publish-request';
import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { PERMISSION_LIFE_S, type UploadPermissionJson } from '@oml/protocol/wire/upload';
import { sendUpload } from '@oml/sdk/upload';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { Button } from '@oml/ui/button';
import { useState, type ReactNode } from 'react';
import { useConnection, useSignTypedData } from 'wagmi';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import { SLOTS, type Slot, type SlottedFiles } from './file-slots.ts';
import { orderPublication, uploadIdOf } from './publisher-client.ts';
import { useMayPublish } from './publishing-note.tsx';
import { readPublishTerms, type PublishTerms } from './publish-terms.ts';
import type { Hex } from '#kit/hex.ts';

interface SendStepProps {
  publisher: string;
  files: SlottedFiles;
  kind: 'language' | 'classifier';
  terms: PublishTerms;
  onOrdered: (publicationId: string) => void;
  connect: ReactNode;
}

/** Has the wallet sign the upload and the whole order, then uploads the files it names and sends it. */
export function SendStep({ publisher, files, kind, terms, onOrdered, connect }: SendStepProps) {
  const { address } = useConnection();
  const { deployment } = usePublicConfig();
  const { mutateAsync: sign } = useSignTypedData();
  const may = useMayPublish(publisher);
  const [at, setAt] = useState('');
  const read = readPublishTerms(terms);
  const order = useMutation({
    mutationFn: async () => {
      if (!address || !('read' in read)) throw new Error('Connect a wallet first.');
      setAt('Reading the files');
      const body: PublishRequestJson = { kind, files: await uploadIds(files), owner: address, ...read.read };
      setAt('Waiting for your two signatures');
      const registry = registryOf(deployment);
      const distinct = filesOf(files, body.files);
      const permission = permissionFor({ signer: address, publisher }, distinct);
      const permitted = await sign(uploadPermissionTypedData(permission, registry));
      const signature = await sign(publishRequestTypedData(body, registry));
      await uploadAll({ publisher, files: distinct, permission, signature: permitted }, setAt);
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
        Your wallet signs two messages: that these files may be uploaded, for an hour, and the order, which names them,
        the fingerprints and the terms. Neither moves money; the publisher’s agent pays the gas and mints the model to
        your account.
      </p>
      {may?.may === false ? <p className="text-risk">{may.why}</p> : null}
      <Button
        variant="primary"
        busy={order.isPending}
        disabled={!('read' in read) || !may?.may}
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

interface NamedFile {
  uploadId: string;
  file: File;
}

/** Each file once, with its digest. */
function filesOf(files: SlottedFiles, ids: Partial<Record<Slot, string>>): NamedFile[] {
  const named = SLOTS.flatMap(({ slot }) => {
    const [file, uploadId] = [files[slot], ids[slot]];
    return file && uploadId ? [{ file, uploadId }] : [];
  });
  return [...new Map(named.map((each) => [each.uploadId, each])).values()];
}

const permissionFor = (
  who: Pick<UploadPermissionJson, 'signer' | 'publisher'>,
  files: readonly NamedFile[],
): UploadPermissionJson => ({
  ...who,
  files: files.map(({ uploadId, file }) => ({ uploadId, bytes: file.size })),
  expiresAt: Math.floor(Date.now() / 1000) + PERMISSION_LIFE_S,
});

interface Uploading {
  publisher: string;
  files: readonly NamedFile[];
  permission: UploadPermissionJson;
  signature: Hex;
}

async function uploadAll({ files, ...signed }: Uploading, say: (text: string) => void): Promise<void> {
  for (const { file, uploadId } of files) {
    const onHeld = (held: number) => say(`Uploading ${file.name}: ${Math.round((100 * held) / file.size)} %`);
    await sendUpload({ ...signed, file, uploadId, onHeld });
  }
}
