import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type Machine } from '../../../scripts/bench/machine.ts';

/** One figure of a run, and what it is meant to be. */
export interface Figure {
  metric: string;
  value: number;
  unit: string;
  /** Such as `<= 2`, or `shown` where nothing was promised. */
  target: string;
}

/** How a run came about. */
export interface Run {
  /** What was measured, in words. */
  anchor: string;
  /** What measures it again. */
  command: string;
}

/** One line of docs/benchmarks/services.json. */
interface Row extends Figure, Run {
  machine: Machine;
}

const REPORT = join(import.meta.dirname, '../../../docs/benchmarks/services');

/**
 * Shows the figures of a run and, if told to, records them in docs/benchmarks/services.{json,md}. Each script records
 * its own: a figure takes the place of its elder of the same name, what other scripts measured stays as it is.
 */
export function reportFigures(figures: readonly Figure[], run: Run, write: boolean): void {
  console.table(
    Object.fromEntries(figures.map(({ metric, value, unit, target }) => [metric, { value, unit, target }])),
  );
  if (!write) return;
  const machine = thisMachine();
  const all = mergeRows(
    readRows(),
    figures.map((figure) => ({ ...figure, ...run, machine })),
  );
  writeFileSync(`${REPORT}.json`, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(`${REPORT}.md`, pageOf(all));
}

function readRows(): Row[] {
  const json = `${REPORT}.json`;
  return existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as Row[]) : [];
}

/** A fresh figure stands where its elder stood, so that a rerun changes values and no order. */
export function mergeRows<R extends { metric: string }>(before: readonly R[], fresh: readonly R[]): R[] {
  const newest = new Map(fresh.map((row) => [row.metric, row]));
  const kept = before.map((row) => newest.get(row.metric) ?? row);
  return [...kept, ...fresh.filter(({ metric }) => before.every((row) => row.metric !== metric))];
}

/** The value at a share of what was measured, rounded to a tenth: `shareOf(latencies, 0.95)`. */
export function shareOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!, 1);
}

export const round = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

function pageOf(rows: readonly Row[]): string {
  const lines = rows.map(({ metric, value, unit, target }) => `| \`${metric}\` | ${value} | ${unit} | ${target} |`);
  const runs = [...new Set(rows.map(({ anchor, command }) => `- \`${command}\`: ${anchor}`))];
  return `# Services

Written by the commands below, each on a chain of one-second blocks, if nothing else is said, on one machine. What is
compared was measured in the same run: compare ratios, not times, with figures of elsewhere. Gas is all that the host's gas account spends, from the
first deposit to the last payout.

| metric | value | unit | target |
| --- | --- | --- | --- |
${lines.join('\n')}

${runs.join('\n')}
`;
}
