'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { zeroHash } from 'viem';
import { ActionRow } from '#actions/action-row.tsx';
import { deliveryAction, type OwedEdition } from '#actions/delivery-actions.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { JobView } from './job-view.tsx';
import { besideOf } from './own-files.ts';
import type { Opened } from './opened-keys.ts';
import type { MadeEdition } from './own-jobs.ts';
import { saveFile } from './save-file.ts';
import { useJob } from './use-job.ts';

/** One licensee's edition: made, put where its host looks for it, and delivered. */
export function DeliverEdition({ owed, opened: { keys, files } }: { owed: OwedEdition; opened: Opened }) {
  const { licenseId, release, weightsDigest, beacon, hostSalt, encryptionKey, uri, recorded } = owed;
  const { deployment } = usePublicConfig();
  const job = useJob('edition');
  const save = useMutation({
    mutationFn: ({ sealed }: MadeEdition) => saveFile(String(licenseId), new Blob([sealed])),
  });
  const isOther = keys.marked?.weightsDigest !== weightsDigest;
  const made = job.data;
  const make = () =>
    job.mutate(async () => ({
      base: new Uint8Array(await files.model!.arrayBuffer()),
      beside: await besideOf(files),
      keys: { secret: keys.secret, marked: keys.marked },
      licenseId,
      hostSalt,
      encryptionKey,
      beacon: beacon!,
    }));
  return (
    <div className="flex flex-col items-start gap-3 border-t border-line pt-4">
      <p>
        License {String(licenseId)} waits for release {release}.
        {isOther ? <span className="text-risk"> The keys that are open are those of another release.</span> : null}
        {beacon ? null : ' Its draw is still to come.'}
      </p>
      <Button
        size="sm"
        busy={job.state.isPending}
        disabled={isOther || !beacon}
        onClick={make}
        data-testid={`edition-make-${licenseId}`}
      >
        Make its edition
      </Button>
      <JobView job={job.state} />
      {made && recorded !== zeroHash && recorded !== made.fileDigest ? (
        <p className="text-risk">
          Another file was recorded for this edition: put that one where its host looks for it.
        </p>
      ) : null}
      {made ? (
        <>
          <p className="text-ink-soft">
            Its host asks for it at <span className="font-mono break-all">{`${uri || '…'}/editions/${licenseId}`}</span>
            : put the sealed file there first. Nobody but the host can open it.
          </p>
          <Button
            size="sm"
            busy={save.isPending}
            onClick={() => save.mutate(made)}
            data-testid={`edition-save-${licenseId}`}
          >
            Save the sealed edition
          </Button>
        </>
      ) : null}
      {save.error ? <Problem explanation={explainError(save.error)} data-testid="own-error" /> : null}
      {made && save.data && (recorded === zeroHash || recorded === made.fileDigest) ? (
        <ActionRow action={deliveryAction(deployment, owed, made)} />
      ) : null}
    </div>
  );
}
