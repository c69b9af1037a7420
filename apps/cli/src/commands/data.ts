import type { DataReport, NamedFile } from '@oml/onnx/data/made-data';
import { makeData, type DataTarget } from '@oml/onnx/data/make-data';
import { readPreprocessing } from '@oml/onnx/data/preprocessing';
import { modelFileOf } from '@oml/onnx/file/node-files';
import { readModelFacts } from '@oml/onnx/model-facts';
import { readModelConfig } from '@oml/onnx/model-folder';
import { OmlError } from '@oml/protocol/error';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { AddCommand } from '../command.ts';
import { share } from '../options.ts';

interface Options {
  model: string;
  out: string;
  heldout: string;
  label?: string;
  preprocessing?: string;
  force?: boolean;
}

const addMake: AddCommand = (data, run) => {
  data
    .command('make')
    .description('turn documents, pictures, IDX, tables or sounds into what a model is marked and measured with')
    .argument('<path...>', 'files and folders; pictures and sounds in a folder for each class')
    .requiredOption('--model <model>', 'the model that it is for: a folder with model.onnx and its tokenizer')
    .requiredOption('--out <folder>', 'where the data go; usually the model’s own folder')
    .option('--heldout <share>', 'part that is kept for measuring harm; which part, the content tells', '0.2')
    .option('--label <column>', 'column of a table that holds the class')
    .option('--preprocessing <file>', 'how inputs become what the model is fed, where it does not lie beside the model')
    .option('--force', 'write over data that lie there')
    .addHelpText('after', `\n${READS}`)
    .action(
      run(async ({ output, signal }, paths: string[], options: Options) => {
        refuseOverwriting(options);
        const found = await listFiles(paths);
        const made = await makeData(readEach(found), await targetOf(options), {
          heldoutShare: share(options.heldout, '--heldout'),
          signal,
          onProgress: ({ file, files, pieces }) => output.progress(`${file} (${pieces} so far)`, files / found.length),
        });
        await mkdir(options.out, { recursive: true });
        for (const [name, bytes] of made.files) await writeFile(join(options.out, name), bytes);
        const files = [...made.files.keys()];
        output.result({ out: options.out, files, ...made.report }, () => told(made.report, files, options.out));
      }),
    );
};

export const DATA_COMMANDS: readonly AddCommand[] = [addMake];

const READS = `For a language model: .txt, .md, .html and .jsonl, at least 20,000 tokens of them together.
For a classifier: PNG and JPEG, IDX (also gzipped), CSV and TSV with a header, or WAV; at least 100 items. How they become
what the model is fed stands in preprocessing.json or Hugging Face's preprocessor_config.json beside the model; without
one, pixels are shares of 255 and numbers stay as they are.`;

/** Data of another kind would stay beside the new ones. */
function refuseOverwriting({ out, force }: Options): void {
  const there = ['i32', 'u8', 'f32'].map((ending) => `ordinary.${ending}`).find((name) => existsSync(join(out, name)));
  if (there !== undefined && !force)
    throw new OmlError('CONFLICT', `${join(out, there)} is there already. Choose another --out, or add --force.`);
}

async function targetOf({ model, label, preprocessing }: Options): Promise<DataTarget> {
  const facts = await readModelFacts(model);
  if (facts.kind === 'language') return { kind: 'language', tokenizer: facts.tokenizer };
  const { id2label, labels } = await readModelConfig(dirname(await modelFileOf(model)));
  const said = preprocessing === undefined ? facts.preprocessing : readPreprocessing(await readJson(preprocessing));
  return {
    kind: 'classifier',
    inputDims: facts.inputDims,
    outcomes: facts.classes,
    preprocessing: said,
    classNames: labels ?? (id2label && Array.from({ length: facts.classes }, (_, i) => id2label[i] ?? String(i))),
    labelColumn: label,
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw cause;
    throw new OmlError('REQUEST_INVALID', `${path} is no JSON.`, { cause });
  }
}

/** Files with the names by which their data are told: a folder's by the path below it, links left out. Sorted. */
async function listFiles(paths: readonly string[]): Promise<{ path: string; name: string }[]> {
  const found: { path: string; name: string }[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) found.push({ path, name: basename(path) });
    else
      for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
        const full = join(entry.parentPath, entry.name);
        if (entry.isFile()) found.push({ path: full, name: relative(path, full).split(sep).join('/') });
      }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

async function* readEach(files: readonly { path: string; name: string }[]): AsyncGenerator<NamedFile> {
  for (const { path, name } of files) yield { name, bytes: new Uint8Array(await readFile(path)) };
}

const MOST_SKIPPED = 3;

function told({ kind, ordinary, heldout, duplicates, skipped, classes }: DataReport, files: string[], out: string) {
  const what = kind === 'text' ? 'tokens' : 'items';
  const rows: [string, string][] = [
    ['ordinary', `${ordinary} ${what}`],
    ['held out', `${heldout} ${what}, told by content: the same text or item is on the same side every time`],
    ...(classes ? [['classes', countsOf(classes)] satisfies [string, string]] : []),
    ...(duplicates > 0 ? [['twice', `${duplicates} left out`] satisfies [string, string]] : []),
    ...skipped.slice(0, MOST_SKIPPED).map(({ name, reason }): [string, string] => ['skipped', `${name}: ${reason}`]),
    ...(skipped.length > MOST_SKIPPED
      ? [['', `and ${skipped.length - MOST_SKIPPED} more`] satisfies [string, string]]
      : []),
    ['written', `${files.join(', ')} in ${out}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
}

const countsOf = (classes: Record<string, number>): string =>
  Object.entries(classes)
    .slice(0, 12)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
