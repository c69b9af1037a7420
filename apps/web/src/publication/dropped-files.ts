import { OmlError } from '@oml/protocol/error';

/** Files of a folder that are looked at, at most. */
const MOST_FILES = 100_000;

/** Where in a dropped folder a file lay: browsers say it of chosen folders alone. */
const paths = new WeakMap<File, string>();

/** The path of a file within the folder that was given, or its name. */
export const pathOf = (file: File): string => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** Every file that was dropped, and those in dropped folders. Throws REQUEST_TOO_LARGE, NOT_FOUND. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
  // Asked before anything is awaited: the drop is over then.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...files];
  const found: File[] = [];
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (found.length >= MOST_FILES)
    throw new OmlError('REQUEST_TOO_LARGE', `The folder holds more than ${MOST_FILES.toLocaleString('en')} files.`);
  if (isFolder(entry)) {
    const reader = entry.createReader();
    for (let some = await next(reader); some.length > 0; some = await next(reader))
      for (const inner of some) await collect(inner, found);
    return;
  }
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)).catch(
    (cause: unknown) => {
      throw new OmlError('NOT_FOUND', `${entry.name} could not be read.`, { cause });
    },
  );
  paths.set(file, entry.fullPath.replace(/^\//, ''));
  found.push(file);
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Browsers give a hundred at a time. */
const next = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));
