import { badData } from './bad-data.ts';
import { readIdx } from './idx.ts';
import { isLabelFile, itemsOf, type RawItem } from './item-sources.ts';
import {
  checkAborted,
  type DataFiles,
  type DataReport,
  type ItemOptions,
  type MakeOptions,
  type NamedFile,
} from './made-data.ts';
import type { Preprocessing } from './preprocessing.ts';
import { preprocessingFor } from './preprocessing-for.ts';

/** 2 GiB of float32. */
const MOST_VALUES = 2 ** 29;

/** What was read besides the items. */
export interface ReadItems {
  skipped: DataReport['skipped'];
  /** Undefined where no file held an item. */
  preprocessing: Preprocessing | undefined;
}

/**
 * Hands on every item of the files. IDX keeps labels in a file of its own, so its items come last, with theirs. Throws
 * REQUEST_INVALID, ABORTED.
 */
export async function readItems(
  files: DataFiles,
  target: ItemOptions,
  { onProgress, signal }: Pick<MakeOptions, 'onProgress' | 'signal'>,
  take: (item: RawItem) => void,
): Promise<ReadItems> {
  const skipped: DataReport['skipped'] = [];
  const series = new IdxSeries();
  const counts = { files: 0, pieces: 0, values: 0 };
  let preprocessing: Preprocessing | undefined;
  const hand = (name: string, items: readonly RawItem[]) => {
    for (const item of items) {
      checkSize(item, target, name);
      counts.pieces += 1;
      if ((counts.values += item.value.length) > MOST_VALUES)
        throw badData(`${name} and those before hold more than ${MOST_VALUES} values: some thousand items are enough.`);
      take(item);
    }
  };
  for await (const given of files) {
    checkAborted(signal);
    const file = await unpacked(given);
    counts.files += 1;
    if (isLabelFile(file)) series.addLabels(file);
    else {
      preprocessing ??= preprocessingFor(file, target);
      const items = preprocessing && itemsOf(file, { preprocessing, labelColumn: target.labelColumn });
      if (!items) skipped.push({ name: file.name, reason: 'neither PNG, JPEG, IDX, CSV nor WAV' });
      else if (!series.keeps(file, items)) hand(file.name, items);
    }
    onProgress?.({ file: file.name, files: counts.files, pieces: counts.pieces });
  }
  for (const [name, items] of series.labelled()) hand(name, items);
  return { skipped, preprocessing };
}

function checkSize({ value }: RawItem, { inputDims }: ItemOptions, name: string): void {
  const dims = inputDims.slice(1);
  if (dims.length === 0 || dims.includes(null)) return;
  const size = dims.reduce<number>((product, dim) => product * dim!, 1);
  if (value.length !== size)
    throw badData(
      `${name} gives ${value.length} values an item, and the model takes [${dims.join(', ')}], which are ${size}. ` +
        'Say in preprocessing.json how the one becomes the other.',
    );
}

/** Data sets of IDX come gzipped. */
async function unpacked({ name, bytes }: NamedFile): Promise<NamedFile> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { name, bytes };
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return { name: name.replace(/\.gz$/i, ''), bytes: new Uint8Array(await new Response(stream).arrayBuffer()) };
  } catch {
    throw badData(`${name} cannot be unpacked: it is cut or damaged.`);
  }
}

/** `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` belong together by what stands before. */
class IdxSeries {
  private readonly items = new Map<string, { name: string; items: readonly RawItem[] }>();
  private readonly labels = new Map<string, string[]>();

  addLabels(file: NamedFile): void {
    this.labels.set(seriesOf(file.name), Array.from(readIdx(file.bytes, file.name).data, String));
  }

  /** Are these items of an IDX file, which wait here for their labels? */
  keeps({ name, bytes }: NamedFile, items: readonly RawItem[]): boolean {
    if (bytes[0] !== 0 || bytes[1] !== 0) return false;
    this.items.set(seriesOf(name), { name, items });
    return true;
  }

  *labelled(): Generator<[name: string, items: RawItem[]]> {
    for (const [series, { name, items }] of this.items) {
      const alone = this.items.size === 1 && this.labels.size === 1 ? [...this.labels.values()][0] : undefined;
      const labels = this.labels.get(series) ?? alone;
      if (labels && labels.length !== items.length)
        throw badData(`${name} holds ${items.length} items, and there are ${labels.length} labels for them.`);
      yield [name, items.map((item, i) => (labels ? { ...item, label: labels[i]! } : item))];
    }
  }
}

const seriesOf = (name: string): string => name.replace(/[-_.]?(?:images?|labels?|data|idx\d).*$/i, '');
