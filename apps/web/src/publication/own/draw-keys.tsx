'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { usePublicClient } from 'wagmi';
import type { Address } from '#kit/hex.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import type { SlottedFiles } from '../file-slots.ts';
import type { ReadTerms } from '../publish-terms.ts';
import { JobView } from './job-view.tsx';
import { modelIdOf, sourceOf } from './own-files.ts';
import { newKeys, readKeys, type OwnKeys } from './own-keys.ts';
import { useJob } from './use-job.ts';

interface DrawKeysProps {
  files: SlottedFiles;
  kind: OwnKeys['kind'];
  read: Pick<ReadTerms, 'name' | 'fingerprints'> | undefined;
  committer: Address;
  /** New keys, or some that were kept. */
  onKeys: (keys: OwnKeys, isKept: boolean) => void;
}

/** Draws the secret keys in a worker, or takes up a publication whose keys were kept. */
export function DrawKeys({ files, kind, read, committer, onKeys }: DrawKeysProps) {
  const { deployment } = usePublicConfig();
  const client = usePublicClient();
  const job = useJob('draw');
  const place = { chainId: deployment.chainId, modelRegistry: deployment.contracts.modelRegistry };
  const draw = async () => {
    const { name, fingerprints: sizes } = read!;
    const since = Number(await client!.getBlockNumber());
    const { rehearsal: _, ...drawn } = await job.mutateAsync(async () => ({
      source: await sourceOf(files, kind),
      sizes,
    }));
    onKeys(newKeys({ ...place, committer, name, kind, sizes, since, model: await modelIdOf(files), ...drawn }), false);
  };
  const open = useMutation({
    mutationFn: async (file: File) => {
      const keys = await readKeys(file, place);
      if (keys.model !== (await modelIdOf(files)))
        throw new Error(`These are the keys of “${keys.name}”, and another model file is open. Open the clean one.`);
      onKeys(keys, true);
    },
  });
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-ink-soft">
        Keys and candidate answers are drawn from a secret that this browser makes, and an edit is tried, so that you
        pay the fee only for a code book that this model carries. Secret and model stay here.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          busy={job.state.isPending}
          disabled={!read || !client}
          onClick={() => void draw().catch(() => undefined)}
          data-testid="own-draw"
        >
          Draw the keys
        </Button>
        <label className="cursor-pointer text-sm text-accent underline has-focus-visible:outline-2 has-focus-visible:outline-accent">
          or open keys that you kept
          <input
            type="file"
            accept=".json"
            className="sr-only"
            data-testid="own-keys-file"
            onChange={({ target }) => target.files?.[0] && open.mutate(target.files[0])}
          />
        </label>
      </div>
      <JobView job={job.state} />
      {open.error ? <Problem explanation={explainError(open.error)} data-testid="own-error" /> : null}
    </div>
  );
}
