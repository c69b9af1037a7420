'use client';
import { Button } from '@oml/ui/button';
import type { Hex } from '#kit/hex.ts';
import type { SlottedFiles } from '../file-slots.ts';
import { JobView } from './job-view.tsx';
import { sourceOf } from './own-files.ts';
import type { OwnKeys } from './own-keys.ts';
import { useJob } from './use-job.ts';

interface MarkWeightsProps {
  files: SlottedFiles;
  keys: OwnKeys;
  beacon: Hex;
  /** With what was made, and the file as it is released. */
  onMarked: (keys: OwnKeys, file: Uint8Array<ArrayBuffer>) => void;
}

/** Solves the answers that the beacon picked into the weights, in a worker. */
export function MarkWeights({ files, keys, beacon, onMarked }: MarkWeightsProps) {
  const job = useJob('mark');
  const mark = async () => {
    const { file, ...marked } = await job.mutateAsync(async () => ({
      source: await sourceOf(files, keys.kind),
      keys: { secret: keys.secret, book: keys.book },
      beacon,
    }));
    onMarked({ ...keys, marked: { beacon, ...marked } }, file);
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="text-ink-soft">
        The beacon has picked one answer for each key. They are solved into one matrix, and the written file is asked
        every common key again.
      </p>
      <Button
        variant="primary"
        busy={job.state.isPending}
        onClick={() => void mark().catch(() => undefined)}
        data-testid="own-mark"
      >
        Mark the weights
      </Button>
      <JobView job={job.state} />
    </div>
  );
}
