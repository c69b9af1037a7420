'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Note } from '@oml/ui/empty-state';
import Link from 'next/link';
import type { BookFacts, Ending } from '#actions/code-book-actions.ts';
import type { SlottedFiles } from '../file-slots.ts';
import type { OwnKeys } from './own-keys.ts';
import { saveFile } from './save-file.ts';

interface ReleasedProps {
  keys: OwnKeys;
  released: NonNullable<BookFacts['released']>;
  files: SlottedFiles;
  ending: Ending | undefined;
}

/** What a marketplace asks for under the model's address: name, kind, card and report. */
async function cardOf({ keys, released, files }: Omit<ReleasedProps, 'ending'>): Promise<Blob> {
  const { name, kind, marked } = keys;
  const card = (await files.card?.text()) ?? `# ${name}\n`;
  const modelId = String(released.modelId);
  const json = { modelId, release: released.release, name, kind, card, report: marked?.report ?? null, demo: false };
  return new Blob([JSON.stringify(json, null, 2)], { type: 'application/json' });
}

/** The model is on chain: where to go, and what its buyers and hosts are to find under its address. */
export function Released({ keys, released, files, ending }: ReleasedProps) {
  const { modelId, release } = released;
  const save = useMutation({
    mutationFn: async () => saveFile(String(modelId), await cardOf({ keys, released, files })),
  });
  const uri = ending && 'uri' in ending ? ending.uri : '';
  return (
    <div className="flex flex-col items-start gap-3" data-testid="own-done">
      <Note tone="accent" role="status">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span>
            {release === 1 ? `Model ${modelId} is minted.` : `Release ${release} of model ${modelId} is on chain.`} It
            shows here as soon as the index has read the block.
          </span>
          <Button asChild size="sm" variant="primary">
            <Link href={`/models/${modelId}`}>Go to the model</Link>
          </Button>
        </div>
      </Note>
      <p className="text-ink-soft">
        {uri ? (
          <>
            Put its card at <span className="font-mono">{`${uri}/models/${modelId}`}</span>: name, description and
            report are read from there.
          </>
        ) : (
          'The model has no address yet: say one on the page Own, and put its card there as models/ and its number.'
        )}{' '}
        The edition of each licensee is made and delivered on the page Own. Verifiers get probes only from a publisher
        that answers there.
      </p>
      <Button size="sm" busy={save.isPending} onClick={() => save.mutate()} data-testid="own-card">
        Save the card
      </Button>
    </div>
  );
}
