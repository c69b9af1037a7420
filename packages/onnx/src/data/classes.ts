import { badData } from './bad-data.ts';
import type { ItemOptions } from './made-data.ts';
import type { RawItem } from './item-sources.ts';

/** Labels are kept as bytes. */
const MOST_CLASSES = 256;

/**
 * The number of a class by what the data call it: by the model's own names, else as the number that it is, else by
 * alphabetical order. Throws REQUEST_INVALID where the data have classes that the model has not.
 */
export function classesOf(
  items: readonly RawItem[],
  { outcomes, classNames }: Pick<ItemOptions, 'outcomes' | 'classNames'>,
): (label: string) => number {
  const found = [...new Set(items.flatMap(({ label }) => label ?? []))].toSorted();
  const names = classNames?.map((name) => name.toLowerCase());
  const named = (label: string) => names?.indexOf(label.toLowerCase()) ?? -1;
  const numbered = found.every((label) => /^\d{1,6}(?:\.0+)?$/.test(label));
  const numberOf =
    found.length > 0 && found.every((label) => named(label) >= 0)
      ? named
      : numbered
        ? Number
        : (label: string) => found.indexOf(label);
  const beyond = found.find((label) => numberOf(label) >= outcomes);
  if (beyond !== undefined)
    throw badData(
      `The data have the class "${beyond.slice(0, 40)}" (number ${numberOf(beyond)}), and the model tells ${outcomes} ` +
        'apart, counted from 0. Name folders or labels by the number of the class, or as id2label of config.json does.',
    );
  if (found.length > 0 && outcomes > MOST_CLASSES)
    throw badData(`Labels are kept for up to ${MOST_CLASSES} classes, and the model has ${outcomes}: leave them out.`);
  return numberOf;
}

/** Items by class; nothing where none has a label. */
export function countClasses(items: readonly RawItem[]): { classes?: Record<string, number> } {
  const counts = new Map<string, number>();
  for (const { label } of items) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts.size > 0 ? { classes: Object.fromEntries([...counts].toSorted()) } : {};
}
