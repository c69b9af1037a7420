import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type Machine } from './machine.ts';

/** One line of a page of docs/benchmarks. */
export interface ReportRow {
  metric: string;
  value: number;
  unit: string;
  /** Such as `<= 2`, or `shown` where nothing was promised. */
  target: string;
  /** What was measured, in words. */
  anchor: string;
  /** What measures it again. */
  command: string;
  /** A plot of it, beside the page. */
  figure?: string;
  machine?: Machine;
}

/** A page of docs/benchmarks, with the JSON beside it. */
export interface ReportPage {
  /** Its file without ending. */
  name: string;
  heading: string;
  about: string;
}

const FOLDER = join(import.meta.dirname, '../../docs/benchmarks');

/** Shows rows and, if told to, records them in docs/benchmarks/NAME.{json,md}: each takes its elder's place. */
export function reportOn(page: ReportPage, rows: readonly ReportRow[], write: boolean): void {
  console.table(Object.fromEntries(rows.map(({ metric, value, unit, target }) => [metric, { value, unit, target }])));
  if (!write) return;
  const machine = thisMachine();
  const file = join(FOLDER, page.name);
  const all = mergedRows(
    readRows(`${file}.json`),
    rows.map((row) => ({ ...row, machine })),
  );
  writeFileSync(`${file}.json`, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(`${file}.md`, textOf(page, all));
}

const readRows = (json: string): ReportRow[] =>
  existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as ReportRow[]) : [];

/** Sorted by metric, so that scripts that record different rows never meet in one line. */
export function mergedRows<Row extends { metric: string }>(before: readonly Row[], fresh: readonly Row[]): Row[] {
  const rows = new Map([...before, ...fresh].map((row) => [row.metric, row]));
  return [...rows.values()].sort((a, b) => (a.metric < b.metric ? -1 : 1));
}

function textOf({ heading, about }: ReportPage, rows: readonly ReportRow[]): string {
  const lines = rows.map(({ metric, value, unit, target }) => `| \`${metric}\` | ${value} | ${unit} | ${target} |`);
  const figures = [...new Set(rows.flatMap(({ figure }) => figure ?? []))];
  const runs = [...new Set(rows.map(({ anchor, command }) => `- \`${command}\`: ${anchor}`))];
  return `# ${heading}

${about}

| metric | value | unit | target |
| --- | --- | --- | --- |
${lines.join('\n')}

${runs.join('\n')}
${figures.map((figure) => `\n![${figure.replace(/\.svg$/, '').replaceAll('-', ' ')}](${figure})\n`).join('')}`;
}
