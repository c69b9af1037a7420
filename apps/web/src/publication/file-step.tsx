'use client';
import { cn } from '@oml/ui/class-names';
import { Check, Upload } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { droppedFiles } from './dropped-files.ts';
import { SLOTS, type GivenFiles, type SlottedFiles } from './file-slots.ts';

interface FileStepProps {
  files: SlottedFiles;
  given: Pick<GivenFiles, 'beside' | 'others'>;
  onFiles: (files: readonly File[]) => void;
  /** Opens another model than the one that is open. */
  onOther: (other: File) => void;
  kind: 'language' | 'classifier' | undefined;
}

/** Chooses whole folders; React knows no word for it. */
const FOLDER = { webkitdirectory: '' } as ComponentProps<'input'>;

/** Choosing or dropping the files of a model, or their folder; each finds its slot by its name. */
export function FileStep({ files, given: { beside, others }, onFiles, onOther, kind }: FileStepProps) {
  return (
    <div className="flex flex-col gap-4 text-sm">
      <DropField onFiles={onFiles} />
      <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {SLOTS.map(({ slot, name, for: purpose, needed }) => {
          const file = files[slot];
          const isNeeded = kind !== undefined && (needed as readonly string[]).includes(kind);
          const isNever = needed.length === 0 || (kind !== undefined && !isNeeded);
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
                  {file ? sizeWords(file.size) : `${purpose}${isNeeded ? ' (needed)' : isNever ? ' (optional)' : ''}`}
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
      {others.length > 0 ? (
        <p className="text-xs text-ink-soft" data-testid="publish-others">
          {files.model?.name} is open. Other models were given, too:{' '}
          {others.map((other) => (
            <button
              key={other.name}
              type="button"
              className="mr-2 min-h-6 font-mono text-accent underline"
              onClick={() => onOther(other)}
            >
              open {other.name}
            </button>
          ))}
        </p>
      ) : null}
    </div>
  );
}

function DropField({ onFiles }: Pick<FileStepProps, 'onFiles'>) {
  const [over, setOver] = useState(false);
  const choose = ({ target }: { target: HTMLInputElement }) => {
    onFiles([...(target.files ?? [])]);
    target.value = '';
  };
  return (
    <div
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void droppedFiles(event.dataTransfer).then(onFiles, () => onFiles([]));
      }}
      className={cn(
        'flex flex-col items-center gap-2 rounded-md border border-dashed px-4 py-8 text-center',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong',
      )}
    >
      <Upload aria-hidden className="size-5 text-ink-faint" />
      <span className="font-semibold">Drop a model’s folder, or its ONNX file and what belongs to it</span>
      <span className="flex flex-wrap justify-center gap-x-4 gap-y-1">
        <label className="cursor-pointer text-accent underline has-focus-visible:outline-2 has-focus-visible:outline-accent">
          Choose files
          <input type="file" multiple className="sr-only" data-testid="publish-file" onChange={choose} />
        </label>
        <label className="cursor-pointer text-accent underline has-focus-visible:outline-2 has-focus-visible:outline-accent">
          Choose a folder
          <input type="file" multiple {...FOLDER} className="sr-only" data-testid="publish-folder" onChange={choose} />
        </label>
      </span>
      <span className="max-w-[70ch] text-xs text-ink-soft">
        It is read in this browser; nothing is uploaded before you sign. Exports of Hugging Face as they are, weights in
        other files, vocabulary and merges or a SentencePiece model instead of tokenizer.json; documents, pictures in
        folders by class, IDX, CSV or WAV, of which ordinary inputs are made here. A publisher takes 64 MiB a file, and
        this browser marks models of up to 64 MiB.
      </span>
    </div>
  );
}

const sizeWords = (bytes: number): string =>
  bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
