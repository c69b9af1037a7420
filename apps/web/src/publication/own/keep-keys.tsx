'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { keysFileName, type OwnKeys } from './own-keys.ts';
import { saveFile } from './save-file.ts';

/** Hands the owner the file without which nothing goes on; says what it is for. */
export function KeepKeys({ keys, onKept }: { keys: OwnKeys; onKept: () => void }) {
  const keep = useMutation({
    mutationFn: () => saveFile(keysFileName(keys), new Blob([JSON.stringify(keys)], { type: 'application/json' })),
    onSuccess: (isSaved) => isSaved && onKept(),
  });
  return (
    <div className="flex flex-col items-start gap-3" data-testid="own-kept">
      <p className="text-ink-soft">
        {keys.marked
          ? 'Keep the file again: it now also holds what editions are made of.'
          : 'Keep this file before anything is paid. With it, and the clean model, you go on here after a reload, make the edition of every licensee, prove where a copy comes from, and add releases.'}{' '}
        Whoever has it can take your marks out, and nobody can make it again: this site has no copy.
      </p>
      <Button variant="primary" busy={keep.isPending} onClick={() => keep.mutate()} data-testid="own-keep">
        Keep {keysFileName(keys)}
      </Button>
      {keep.error ? <Problem explanation={explainError(keep.error)} data-testid="own-error" /> : null}
    </div>
  );
}
