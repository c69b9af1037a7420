'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Note } from '@oml/ui/empty-state';
import { useEffect, useRef, useState } from 'react';
import type { Inspection } from '@oml/onnx/inspection';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { pathOf } from '../dropped-files.ts';
import type { SlottedFiles } from '../file-slots.ts';
import { ProgressBar } from '../progress-bar.tsx';
import type { DataMade, SentTarget } from './data.worker.ts';
import { makeInBrowser } from './make-in-browser.ts';

interface DataStepProps {
  data: readonly File[];
  files: SlottedFiles;
  inspection: Inspection;
  onMade: (files: SlottedFiles) => void;
}

/** Makes ordinary and held-out inputs of documents, pictures, tables or sounds, in this browser. */
export function DataStep({ data, files, inspection, onMade }: DataStepProps) {
  const [at, setAt] = useState<{ share: number; file: string }>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const target = targetOf(files, inspection);
  const make = useMutation({
    mutationFn: (to: SentTarget) => {
      const { signal } = (running.current = new AbortController());
      const request = { files: data.map((file) => ({ name: pathOf(file), file })), target: to };
      return makeInBrowser(request, { signal, onProgress: (share, file) => setAt({ share, file }) });
    },
    onSuccess: (made) => onMade(slotted(made)),
  });
  return (
    <div className="mt-4 flex flex-col items-start gap-3 text-sm" data-testid="publish-data">
      <p>
        {data.length === 1 ? pathOf(data[0]!) : `${data.length.toLocaleString('en')} files`}: ordinary inputs, which the
        marking must leave alone, and others to measure harm on, can be made of them here.
      </p>
      {make.isPending ? (
        <div role="status" className="flex flex-wrap items-center gap-3">
          <ProgressBar share={at?.share ?? 0} part={at?.file ?? 'reading'} />
          <Button size="sm" variant="quiet" onClick={() => running.current?.abort()}>
            Cancel
          </Button>
        </div>
      ) : (
        <Button disabled={!target} onClick={() => target && make.mutate(target)} data-testid="publish-make-data">
          {make.data ? 'Make them again' : 'Make the inputs'}
        </Button>
      )}
      {target ? null : <p className="text-ink-soft">The tokenizer comes first: texts become tokens by it.</p>}
      {make.error ? <Problem explanation={explainError(make.error)} data-testid="publish-error" /> : null}
      {make.data ? <MadeNote made={make.data} /> : null}
    </div>
  );
}

function targetOf(files: SlottedFiles, { kind, input, outcomes }: Inspection): SentTarget | undefined {
  const { tokenizer, tokenizerConfig, preprocessing } = files;
  if (kind === 'language') return tokenizer && { kind, tokenizer, tokenizerConfig };
  return { kind, inputDims: input.dims, outcomes, preprocessing };
}

/** By their names, which say what they are for. */
function slotted({ files }: DataMade): SlottedFiles {
  const of = (pattern: RegExp) => {
    const found = files.find(({ name }) => pattern.test(name));
    return found && new File([found.bytes], found.name);
  };
  const [ordinary, heldout, labels, preprocessing] = [
    of(/^ordinary\./),
    of(/^heldout\.(?!labels)/),
    of(/^heldout\.labels\./),
    of(/^preprocessing\.json$/),
  ];
  return {
    ...(ordinary ? { ordinary } : {}),
    ...(heldout ? { heldout } : {}),
    ...(labels ? { labels } : {}),
    ...(preprocessing ? { preprocessing } : {}),
  };
}

/** What was made, of what, and what was left out. */
function MadeNote({ made: { report } }: { made: DataMade }) {
  const { kind, ordinary, heldout, duplicates, skipped, classes } = report;
  const unit = kind === 'text' ? 'tokens' : 'items';
  return (
    <Note tone="accent" role="status" data-testid="publish-data-made">
      {ordinary.toLocaleString('en')} {unit} for statistics, {heldout.toLocaleString('en')} to measure harm on
      {classes ? `, of ${Object.keys(classes).length} classes` : ''}.
      {duplicates > 0 ? ` ${duplicates.toLocaleString('en')} came twice and count once.` : ''}
      {skipped[0] ? ` ${skipped.length} files were left out, such as ${skipped[0].name}: ${skipped[0].reason}.` : ''}
    </Note>
  );
}
