import { OmlError } from '@oml/protocol/error';
import { issuesOf, readJson } from '@oml/protocol/wire/read-request';
import { z } from 'zod';
import { needFile, textOf, type DataFiles } from '../data.ts';

const MOST_ITEMS = 20_000;
const MOST_SLICES = 6;
const filled = z.string().min(1).max(20_000);

const itemSchema = z.strictObject({
  context: filled,
  answer: filled,
  aliases: z.array(filled).max(20).default([]),
  /** Wrong answers by how hard they are to tell from the right one. */
  wrong: z
    .record(z.string().regex(/^[a-z][a-z0-9 -]{0,39}$/, 'not a name of small letters'), z.array(filled).min(1).max(50))
    .refine((slices) => Object.keys(slices).length > 0, 'no slice'),
});

/** Something that is written freely, and told apart from wrong answers: the same item both ways. */
export type GapItem = z.output<typeof itemSchema>;

/**
 * Reads items.jsonl: every item has the slices of the first, and no right answer among its wrong ones. Throws
 * REQUEST_INVALID, naming the line.
 */
export function readGapItems(files: DataFiles): { items: GapItem[]; slices: string[] } {
  const path = 'items.jsonl';
  const lines = textOf(path, needFile(files, path, 'a {"context", "answer", "wrong"} a line')).split('\n');
  const items = lines.flatMap((line, i) => (line.trim() === '' ? [] : [readItem(line, `${path}, line ${i + 1}`)]));
  if (items.length === 0 || items.length > MOST_ITEMS)
    throw new OmlError('REQUEST_INVALID', `${path} has ${items.length} items; from 1 to ${MOST_ITEMS} are taken.`);
  const slices = Object.keys(items[0]!.wrong);
  const same = slices.toSorted().join();
  const odd = items.findIndex(({ wrong }) => Object.keys(wrong).toSorted().join() !== same);
  if (odd !== -1 || slices.length > MOST_SLICES)
    throw new OmlError(
      'REQUEST_INVALID',
      `Every item has the same slices of wrong answers, ${MOST_SLICES} at most; item ${odd + 1} has others.`,
    );
  return { items, slices };
}

function readItem(line: string, where: string): GapItem {
  const parsed = itemSchema.safeParse(readJson(line));
  if (!parsed.success)
    throw new OmlError('REQUEST_INVALID', `${where}: ${issuesOf(parsed.error, 'it').slice(0, 3).join('; ')}.`);
  const { answer, aliases, wrong } = parsed.data;
  const right = new Set([answer, ...aliases]);
  if (
    Object.values(wrong)
      .flat()
      .some((each) => right.has(each))
  )
    throw new OmlError('REQUEST_INVALID', `${where}: a right answer stands among the wrong ones.`);
  return parsed.data;
}
