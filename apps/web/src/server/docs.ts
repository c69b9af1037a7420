import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headingsOf, titleOf } from '#docs/doc-text.ts';
import type { DocEntry, DocPage } from '#docs/shown-doc.ts';

/** Folders of docs/ that are shown, in this order. */
const FOLDERS = ['guides', 'specs', 'benchmarks', 'decisions'] as const;

/** docs/ of the repository; Next runs in the folder of this app. */
const docsOf = (app: string): string => join(app, '../../docs');

const listings = new Map<string, Promise<string[]>>();

/** Every file that may be shown, as its path within docs/: what is not in this list is not read. */
function filesOf(app: string): Promise<string[]> {
  const known = listings.get(app);
  if (known) return known;
  const list = Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(docsOf(app), folder), { recursive: true })).toSorted().map((name) => `${folder}/${name}`),
    ),
  ).then((files) => files.flat());
  listings.set(app, list);
  return list;
}

/** Every page of docs/, guides first. */
export async function listDocs(app = process.cwd()): Promise<DocEntry[]> {
  const pages = (await filesOf(app)).filter((file) => file.endsWith('.md'));
  return Promise.all(pages.map(async (file) => entryOf(file, await readFile(join(docsOf(app), file), 'utf8'))));
}

/** A page of docs/ by its path without ending, such as `guides/host`; undefined where there is none. */
export async function readDoc(path: string, app = process.cwd()): Promise<DocPage | undefined> {
  const file = `${path}.md`;
  if (!(await filesOf(app)).includes(file)) return undefined;
  const source = await readFile(join(docsOf(app), file), 'utf8');
  return { ...entryOf(file, source), text: source.replace(/^# .+\n/, '') };
}

/** A picture beside a page of docs/, such as `benchmarks/economics-profit.svg`; undefined where there is none. */
export async function readPicture(path: string, app = process.cwd()): Promise<Buffer<ArrayBuffer> | undefined> {
  const isPicture = /\.(?:svg|png)$/.test(path) && (await filesOf(app)).includes(path);
  return isPicture ? readFile(join(docsOf(app), path)) : undefined;
}

const entryOf = (file: string, source: string): DocEntry => ({
  path: file.slice(0, -'.md'.length),
  title: titleOf(source),
  headings: headingsOf(source),
});
