import { parse } from 'csv-parse/browser/esm/sync';
import { badData } from './bad-data.ts';

/** A table of numbers with perhaps a class for each row. */
export interface Table {
  /** Names of the columns that hold features. */
  columns: string[];
  /** [rows][columns] */
  rows: Float32Array[];
  /** What the label column says, one a row. */
  labels: string[] | undefined;
}

const LABEL_NAMES = new Set(['label', 'class', 'target', 'y', 'species', 'category']);
const MOST_ROWS = 1_000_000;

/**
 * Reads CSV (or TSV, by `name`) with a header. The label is in the column `label`, else in one that is called label,
 * class, target, y, species or category, else nowhere. `columns` names the features in order; by default all others.
 * Throws REQUEST_INVALID with row and column of what is no number.
 */
export function readTable(
  text: string,
  name: string,
  { label, columns = [] }: { label?: string | undefined; columns?: readonly string[] } = {},
): Table {
  const [header, ...records] = cellsOf(text, name);
  if (!header || records.length === 0) throw badData(`${name} holds no rows below its header.`);
  if (header.every((cell) => cell.trim() !== '' && Number.isFinite(Number(cell))))
    throw badData(`${name} has no header: its first row must name the columns.`);
  const labelAt = labelColumn(header, label, name);
  const wanted = columns.length > 0 ? [...columns] : header.filter((_, i) => i !== labelAt);
  const places = wanted.map((column) => {
    const at = header.indexOf(column);
    if (at < 0) throw badData(`${name} has no column "${column}"; it has ${header.join(', ').slice(0, 200)}.`);
    return at;
  });
  const rows = records.map((record, row) =>
    Float32Array.from(places, (at) => {
      const cell = record[at] ?? '';
      const value = cell.trim() === '' ? NaN : Number(cell);
      if (Number.isFinite(value)) return value;
      throw badData(
        `${name}, row ${row + 2}, column "${header[at]}": "${cell.slice(0, 40)}" is no number. Write classes as ` +
          'numbers, leave rows with gaps out, or name the features as columns in preprocessing.json.',
      );
    }),
  );
  return { columns: wanted, rows, labels: labelAt < 0 ? undefined : records.map((record) => record[labelAt] ?? '') };
}

function cellsOf(text: string, name: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: /\.tsv$/i.test(name) ? '\t' : ',',
      to: MOST_ROWS,
    }) as string[][];
  } catch (cause) {
    throw badData(`${name} is no table: ${cause instanceof Error ? cause.message.slice(0, 160) : 'unreadable'}.`);
  }
}

function labelColumn(header: readonly string[], label: string | undefined, name: string): number {
  if (label === undefined) return header.findIndex((column) => LABEL_NAMES.has(column.toLowerCase()));
  const at = header.indexOf(label);
  if (at < 0) throw badData(`${name} has no column "${label}" for labels; it has ${header.join(', ').slice(0, 200)}.`);
  return at;
}
