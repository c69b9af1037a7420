import { badData } from './bad-data.ts';
import { classesOf, countClasses } from './classes.ts';
import { valuesOfBytes } from './image-items.ts';
import type { RawItem } from './item-sources.ts';
import type { DataFiles, DataReport, ItemOptions, MadeData, MakeOptions } from './made-data.ts';
import { PREPROCESSING_FILE, type Preprocessing } from './preprocessing.ts';
import { readItems } from './read-items.ts';
import { HELDOUT_SHARE, Split } from './split.ts';

/** Fewer items do not show what is ordinary. */
export const LEAST_ITEMS = 100;

/** Pictures, IDX, tables or sounds as items of a classifier. Throws REQUEST_INVALID with what to bring. */
export async function makeItems(files: DataFiles, target: ItemOptions, options: MakeOptions = {}): Promise<MadeData> {
  const split = new Split(options.heldoutShare ?? HELDOUT_SHARE);
  const sides = { ordinary: [] as RawItem[], heldout: [] as RawItem[] };
  const { skipped, preprocessing } = await readItems(files, target, options, (item) => {
    const side = split.sideOf(bytesOf(item.value));
    if (side) sides[side].push(item);
  });
  const all = [...sides.ordinary, ...sides.heldout];
  if (!preprocessing || all.length < LEAST_ITEMS || sides.heldout.length === 0) throw tooFew(all.length, skipped);
  const classOf = classesOf(all, target);
  const labels = Uint8Array.from(sides.heldout, ({ label }) => (label === undefined ? 0 : classOf(label)));
  const [ordinary, heldout] = [joined(sides.ordinary), joined(sides.heldout)];
  const ending = ordinary instanceof Uint8Array ? 'u8' : 'f32';
  return {
    ordinary: valuesOf(ordinary, preprocessing),
    heldout: { values: valuesOf(heldout, preprocessing), labels },
    files: new Map([
      [`ordinary.${ending}`, bytesOf(ordinary)],
      [`heldout.${ending}`, bytesOf(heldout)],
      ['heldout.labels.u8', labels],
      [PREPROCESSING_FILE, new TextEncoder().encode(`${JSON.stringify(preprocessing, null, 2)}\n`)],
    ]),
    report: {
      kind: preprocessing.kind,
      ordinary: sides.ordinary.length,
      heldout: sides.heldout.length,
      duplicates: split.duplicates,
      skipped,
      ...countClasses(all),
    },
  };
}

function tooFew(items: number, skipped: DataReport['skipped']) {
  const first = skipped[0]
    ? ` ${skipped.length} files were skipped, such as ${skipped[0].name}: ${skipped[0].reason}.`
    : '';
  return badData(
    `${items} different items were found; at least ${LEAST_ITEMS} are needed, better some thousand, of the kind that ` +
      `the model is used on.${first}`,
    { items, least: LEAST_ITEMS },
  );
}

type Values = Uint8Array | Float32Array;

/** All items one after another: of one kind, as their reader sees to it. */
function joined(items: readonly RawItem[]): Values {
  const length = items.reduce((sum, { value }) => sum + value.length, 0);
  const all = items[0]?.value instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let at = 0;
  for (const { value } of items) {
    all.set(value, at);
    at += value.length;
  }
  return all;
}

const valuesOf = (values: Values, preprocessing: Preprocessing): Float32Array =>
  values instanceof Float32Array
    ? values
    : valuesOfBytes(values, preprocessing.kind === 'image' ? preprocessing : undefined);

const bytesOf = (values: Values): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
