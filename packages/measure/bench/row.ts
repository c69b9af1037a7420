/** One figure, as docs/benchmarks/*.json holds it. */
export interface Row {
  metric: string;
  value: number;
  unit: string;
  /** What it is to reach, in words; empty where it is only told. */
  target: string;
  /** Where the target comes from, or what stands beside it. */
  anchor: string;
  command: string;
}

export const COMMAND = 'npm run bench -w packages/measure';
