import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type Machine } from './machine.ts';

/** One line of docs/benchmarks/agents.json. */
export interface AgentsRow {
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

const REPORT = join(import.meta.dirname, '../../docs/benchmarks/agents');

/** Shows rows and, if told to, records them in docs/benchmarks/agents.{json,md}: each takes its elder's place. */
export function reportAgents(rows: readonly AgentsRow[], write: boolean): void {
  console.table(Object.fromEntries(rows.map(({ metric, value, unit, target }) => [metric, { value, unit, target }])));
  if (!write) return;
  const machine = thisMachine();
  const all = mergedRows(
    readRows(),
    rows.map((row) => ({ ...row, machine })),
  );
  writeFileSync(`${REPORT}.json`, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(`${REPORT}.md`, pageOf(all));
}

function readRows(): AgentsRow[] {
  const json = `${REPORT}.json`;
  return existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as AgentsRow[]) : [];
}

/** Sorted by metric, so that scripts that record different rows never meet in one line. */
export function mergedRows<Row extends { metric: string }>(before: readonly Row[], fresh: readonly Row[]): Row[] {
  const rows = new Map([...before, ...fresh].map((row) => [row.metric, row]));
  return [...rows.values()].sort((a, b) => (a.metric < b.metric ? -1 : 1));
}

function pageOf(rows: readonly AgentsRow[]): string {
  const lines = rows.map(({ metric, value, unit, target }) => `| \`${metric}\` | ${value} | ${unit} | ${target} |`);
  const runs = [...new Set(rows.map(({ anchor, command }) => `- \`${command}\`: ${anchor}`))];
  const figures = [...new Set(rows.flatMap(({ figure }) => figure ?? []))];
  return `# Agents

Verifier, publisher, index and SDK, measured by the commands below, which write this page.

| metric | value | unit | target |
| --- | --- | --- | --- |
${lines.join('\n')}

${runs.join('\n')}
${figures.map((figure) => `\n![${figure.replace(/\.svg$/, '').replaceAll('-', ' ')}](${figure})\n`).join('')}`;
}
