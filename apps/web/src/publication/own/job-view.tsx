'use client';
import { Button } from '@oml/ui/button';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import type { JobState } from './use-job.ts';

/** How far a job is, with the way to end it, or why it failed. */
export function JobView({ job: { isPending, at, error, cancel } }: { job: JobState }) {
  if (isPending)
    return (
      <div role="status" className="flex flex-wrap items-center gap-3">
        <ProgressBar share={at?.share ?? 0} part={at?.part ?? 'opening the model'} />
        <Button size="sm" variant="quiet" onClick={cancel}>
          Cancel
        </Button>
      </div>
    );
  return error ? <Problem explanation={explainError(error)} data-testid="own-error" /> : null;
}
