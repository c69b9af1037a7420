'use client';
import { cn } from '@oml/ui/class-names';
import { Check, Upload } from 'lucide-react';
import { useState } from 'react';
import { SLOTS, type SlottedFiles } from './file-slots.ts';

/** Choosing or dropping the files of a model; each finds its slot by its name. */
export function FileStep({
  files,
  beside,
  onFiles,
  kind,
}: {
  files: SlottedFiles;
  /** Files that the model's weights may lie in. */
  beside: readonly File[];
  onFiles: (files: File[]) => void;
  kind: 'language' | 'classifier' | undefined;
}) {
  const [over, setOver] = useState(false);
  return (
    <div className="flex flex-col gap-4 text-sm">
      <label
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          onFiles([...event.dataTransfer.files]);
        }}
        className={cn(
          'flex cursor-pointer flex-col items-center gap-2 rounded-md border border-dashed px-4 py-8 text-center hover:bg-raised has-focus-visible:outline-2 has-focus-visible:outline-accent',
          over ? 'border-accent bg-accent-soft' : 'border-line-strong',
        )}
      >
        <Upload aria-hidden className="size-5 text-ink-faint" />
        <span className="font-semibold">Choose or drop an ONNX file and what belongs to it</span>
        <span className="text-xs text-ink-soft">It is read in this browser. Nothing is uploaded before you sign.</span>
        <input
          type="file"
          multiple
          className="sr-only"
          data-testid="publish-file"
          onChange={(event) => onFiles([...(event.target.files ?? [])])}
        />
      </label>
      <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {SLOTS.map(({ slot, name, for: purpose, needed }) => {
          const file = files[slot];
          const isNeeded = kind !== undefined && (needed as readonly string[]).includes(kind);
          return (
            <li key={slot} className="flex min-w-0 items-baseline gap-2 text-xs">
              {file ? (
                <Check aria-label="given" className="size-3.5 shrink-0 translate-y-0.5 text-accent" />
              ) : (
                <span
                  aria-hidden
                  className="size-3.5 shrink-0 translate-y-0.5 rounded-full border border-line-strong"
                />
              )}
              <span className="min-w-0">
                <span className="font-mono">{file?.name ?? name}</span>{' '}
                <span className="text-ink-soft">
                  {file
                    ? sizeWords(file.size)
                    : `${purpose}${isNeeded ? ' (needed)' : needed.length === 0 ? ' (optional)' : ''}`}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      {beside.length > 0 ? (
        <p className="text-xs text-ink-soft" data-testid="publish-beside">
          Beside the model, read into it where its weights lie there:{' '}
          <span className="font-mono">{beside.map(({ name }) => name).join(', ')}</span>
        </p>
      ) : null}
    </div>
  );
}

const sizeWords = (bytes: number): string =>
  bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
