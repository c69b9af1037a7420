'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { addFiles, missingFiles, NOTHING, openOther, type GivenFiles, type SlottedFiles } from './file-slots.ts';
import { inspectInBrowser } from './inspect-model.ts';
import { madeTokenizer, tokenizerSource } from './made-tokenizer.ts';

/** The files that were given, the model among them as it was inspected, and what was made of the others. */
export function useGiven(onKind: (kind: ModelKind) => void) {
  const [given, setGiven] = useState<GivenFiles>(NOTHING);
  const inspect = useMutation({
    mutationFn: ({ model, beside }: { model: File; beside: readonly File[] }) => inspectInBrowser(model, beside),
    onSuccess: ({ inspection }) => onKind(inspection.kind),
  });
  const fill = (files: SlottedFiles) => setGiven((now) => ({ ...now, slots: { ...now.slots, ...files } }));
  const tokenizer = useMutation({
    mutationFn: madeTokenizer,
    onSuccess: (file) => fill({ tokenizer: file }),
  });
  const take = (next: GivenFiles) => {
    setGiven(next);
    const { model } = next.slots;
    if (model && (model !== given.slots.model || next.beside !== given.beside))
      inspect.mutate({ model, beside: next.beside });
    const isNew = next.sources.vocab !== given.sources.vocab || next.sources.merges !== given.sources.merges;
    if (tokenizerSource(next) && (isNew || next.sources.sentencepiece !== given.sources.sentencepiece))
      tokenizer.mutate(next);
  };
  const kind = inspect.data?.inspection.kind;
  const files = { ...given.slots, ...(inspect.data ? { model: inspect.data.file } : {}) };
  return {
    given,
    files,
    kind,
    missing: kind ? missingFiles(files, kind) : [],
    inspect,
    tokenizer,
    add: (more: readonly File[]) => take(addFiles(given, more)),
    open: (other: File) => take(openOther(given, other)),
    fill,
  };
}

export type Given = ReturnType<typeof useGiven>;
