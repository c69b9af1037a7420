'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Facts } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { reportFigures } from '#model/report-figures.ts';
import type { OwnKeys } from './own-keys.ts';
import { saveFile } from './save-file.ts';

/** What the marking did to the model, and the marked file for whoever wants it. */
export function MarkedReport({ keys, file }: { keys: OwnKeys; file: Uint8Array<ArrayBuffer> | undefined }) {
  const save = useMutation({
    mutationFn: (bytes: Uint8Array<ArrayBuffer>) => saveFile('model.onnx', new Blob([bytes])),
  });
  if (!keys.marked) return null;
  const { report, weightsDigest } = keys.marked;
  return (
    <div className="flex flex-col items-start gap-3" data-testid="own-report">
      <Facts
        rows={[
          ...reportFigures(report).map(({ name, value }) => [name, value] as const),
          ['Weights digest', <Hash key="v" value={weightsDigest} label="weights digest" />],
        ]}
      />
      {file ? (
        <Button size="sm" busy={save.isPending} onClick={() => save.mutate(file)} data-testid="own-save">
          {save.data ? 'Saved; save it again' : 'Save the marked file'}
        </Button>
      ) : null}
    </div>
  );
}
