/**
 * Joins all parts into docs/benchmarks/fingerprint.{json,md}; what no part here measured anew stays as it is:
 * node packages/fingerprint/bench/join.ts
 */
import { measuredOnLine } from '@oml/onnx/run/measured-on';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergedRows } from '../../../scripts/bench/page-report.ts';
import { sectionsOf } from './page-sections.ts';
import { readParts, type Figure, type Part } from './part.ts';

const DOCS = join(import.meta.dirname, '../../../docs/benchmarks');
const FIGURES = 'wiki2m6, the figures of docs/benchmarks/fingerprint.json';
const parts = readParts();
const before = readFileSync(join(DOCS, 'fingerprint.json'), 'utf8');
const figures = mergedRows(
  JSON.parse(before) as Figure[],
  parts.flatMap((part) => part.figures),
);
writeFileSync(join(DOCS, 'fingerprint.json'), `${JSON.stringify(figures, null, 2)}\n`);
writeFileSync(join(DOCS, 'fingerprint.md'), page(readFileSync(join(DOCS, 'fingerprint.md'), 'utf8')));
console.log(`${figures.length} figures, ${parts.length} parts of them measured here`);

function page(old: string): string {
  const shown = figures.map(({ metric, value, unit, target }) => [metric, round(value), unit, target]);
  const sections = new Map([
    ...sectionsOf(old),
    ...sectionsOf(`\n${parts.map(section).join('\n')}`),
    [FIGURES, `## ${FIGURES}\n\n${table(['metric', 'value', 'unit', 'target'], shown)}`],
  ]);
  return `# The fingerprint engine, measured

\`npm run bench -w packages/fingerprint\` runs every part and writes this page; parts can also be run alone (packages/fingerprint/bench) and joined again. Two cores, one secret; seconds are wall time on an otherwise idle machine,
everything else does not depend on it. Figures whose target is missed stand here as they are; parts that were not run are absent.

A part says what it was measured on; one that does not was written before such lines were. What int8 costs wiki2m6 and
fable was measured again with uint8 weights, and is the same to the last digit.

${[...sections.values()].join('\n')}`;
}

/** Tables below their titles, with what they were measured on. */
function section({ tables, measuredOn }: Part): string {
  const where = measuredOn ? `${measuredOnLine(measuredOn)}.\n\n` : '';
  return tables
    .map(
      ({ title, columns, rows, note }) => `## ${title}\n\n${where}${table(columns, rows)}${note ? `\n${note}\n` : ''}`,
    )
    .join('\n');
}

function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n') + '\n';
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
