import type { MeasuredOn } from '@oml/onnx/run/measured-on';
import { measuredOnNode } from '@oml/onnx/run/measured-on-node';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One figure, as docs/benchmarks/*.json holds it. */
export interface Figure {
  metric: string;
  value: number;
  unit: string;
  /** What it is to reach, in words; empty where it is only told. */
  target: string;
  /** Where the target comes from, or what stands beside it. */
  anchor: string;
  command: string;
}

/** What one group of benchmarks found; kept between runs, so that a long bench can be stopped and taken up again. */
export interface Part {
  name: string;
  /** Added by {@link writePart}; absent in parts of before. */
  measuredOn?: MeasuredOn;
  figures: Figure[];
  /** Rows for the page, as they are. */
  tables: { title: string; columns: string[]; rows: (string | number)[][]; note?: string }[];
}

const FOLDER = join(import.meta.dirname, '../.bench');

export function writePart(part: Part): void {
  mkdirSync(FOLDER, { recursive: true });
  const measured: Part = { ...part, measuredOn: measuredOnNode() };
  writeFileSync(join(FOLDER, `${part.name}.json`), `${JSON.stringify(measured, null, 2)}\n`);
}

export function readParts(): Part[] {
  mkdirSync(FOLDER, { recursive: true });
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Part);
}
