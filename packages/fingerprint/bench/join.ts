/** Joins all parts into docs/benchmarks/fingerprint.{json,md}: node packages/fingerprint/bench/join.ts */
import { measuredOnLine } from '@oml/onnx/run/measured-on';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readParts, type Figure, type Part } from './part.ts';

const DOCS = join(import.meta.dirname, '../../../docs/benchmarks');
const parts = readParts();
const figures: Figure[] = parts.flatMap((part) => part.figures);
writeFileSync(join(DOCS, 'fingerprint.json'), `${JSON.stringify(figures, null, 2)}\n`);
writeFileSync(join(DOCS, 'fingerprint.md'), page());
console.log(`${figures.length} figures from ${parts.length} parts`);

function page(): string {
  const wiki =
    figures.length > 0
      ? table(
          ['metric', 'value', 'unit', 'target'],
          figures.map(({ metric, value, unit, target }) => [metric, round(value), unit, target]),
        )
      : '';
  return `# The fingerprint engine, measured

\`npm run bench -w packages/fingerprint\` runs every part and writes this page; parts can also be run alone (packages/fingerprint/bench) and joined again. Two cores, one secret; seconds are wall time on an otherwise idle machine,
everything else does not depend on it. Figures whose target is missed stand here as they are; parts that were not run are absent.

## wiki2m6, the figures of docs/benchmarks/fingerprint.json

${measuredOnLines()}
${wiki}
${parts.map(section).join('\n')}`;
}

/** Every engine and CPU that a part was measured on, once. */
function measuredOnLines(): string {
  const lines = parts.map(({ measuredOn }) => (measuredOn ? measuredOnLine(measuredOn) : 'Measured on: not recorded'));
  return [...new Set(lines)].map((line) => `${line}.\n`).join('\n');
}

function section({ tables }: Part): string {
  return tables
    .map(({ title, columns, rows, note }) => `## ${title}\n\n${table(columns, rows)}${note ? `\n${note}\n` : ''}`)
    .join('\n');
}

function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n') + '\n';
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
