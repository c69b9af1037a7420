import { importFingerprints } from '@oml/fingerprint/import/import-fingerprints';
import type { Imported } from '@oml/fingerprint/import/imported-fingerprint';
import { writeFile } from 'node:fs/promises';
import type { AddCommand } from '../command.ts';
import { readFiles } from '../files.ts';
import { openTokenizer } from '../model.ts';

interface Options {
  model?: string;
  out?: string;
}

export const addImport: AddCommand = (file, run) => {
  file
    .command('import')
    .description(
      'read the fingerprints of another scheme: OML 1.0, Scalable, mlprints, Instructional Fingerprinting, FPEdit',
    )
    .argument('<path>', 'a fingerprint file, or the folder of a run with its configuration')
    .option('--model <folder>', "the model's folder: keys are cut by its tokenizer, as they were in training")
    .option('--out <file>', 'write the fingerprints there as JSON')
    .action(
      run(async ({ output }, path: string, { model, out }: Options) => {
        const tokenizer = model ? await openTokenizer(model) : undefined;
        const cut =
          tokenizer &&
          ((text: string, tokens: number) =>
            tokenizer.decode(tokenizer.encode(text).slice(0, tokenizer.encode('').length + tokens)));
        const imported = importFingerprints({ files: await readFiles(path), ...(cut ? { cut } : {}) });
        // The keys are secrets: only their owner may read the file.
        if (out) await writeFile(out, JSON.stringify(imported, null, 2), { mode: 0o600 });
        output.result(imported, () => summary(imported, out));
      }),
    );
};

function summary({ format, fingerprints, templates, warnings }: Imported, out: string | undefined): string {
  const found = [
    `${fingerprints.length} fingerprints`,
    ...(templates.length > 0 ? [`${templates.length} templates`] : []),
  ].join(', ');
  return [
    `${format}: ${found}`,
    ...warnings.map(({ code, message }) => `  ${code}  ${message}`),
    out ? `written to ${out}` : 'add --out FILE to keep them',
  ].join('\n');
}
