import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What one run took. */
export interface Cost {
  seconds: number;
  /** Seconds of each step, where they are told. */
  steps: Record<string, number>;
  /** The most memory that the process held. */
  rssMb: number;
  /** Share of keys that the written file answers as it is to. */
  success: number;
  /** Why there is no file. */
  trouble?: string;
}

/** The median of some runs at one size. */
export interface Point extends Cost {
  size: number;
}

/** Runs a script of this folder, which prints a cost, some times, each in a process of its own. */
export function measurePoint(size: number, runs: number, script: string, args: readonly string[]): Point {
  const costs = Array.from({ length: runs }, () => runOnce(script, args));
  const steps = Object.fromEntries(
    Object.keys(costs[0]!.steps).map((step) => [step, median(costs.map((cost) => cost.steps[step] ?? 0))]),
  );
  const trouble = costs.find((cost) => cost.trouble !== undefined)?.trouble;
  const success = Math.min(...costs.map((cost) => cost.success));
  return {
    size,
    seconds: median(costs.map(({ seconds }) => seconds)),
    steps,
    rssMb: median(costs.map(({ rssMb }) => rssMb)),
    success,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function runOnce(script: string, args: readonly string[]): Cost {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} failed.`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Cost;
}

/** A run that does not answer is no measurement. */
export const settled = ({ success }: Cost): boolean => success === 1;

/** Slope of log seconds over log size between two points. */
export function exponentBetween(from: Point, to: Point): number {
  return Math.log(to.seconds / from.seconds) / Math.log(to.size / from.size);
}

/** From the first point to the last one, of those that settled. */
export function exponentOf(points: readonly Point[]): number {
  const sure = points.filter(settled);
  return sure.length < 2 ? NaN : exponentBetween(sure[0]!, sure.at(-1)!);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
