/** How the cost of embedding grows with N, d_ff and V: `node packages/fingerprint/bench/growth.ts`. Also draws docs/benchmarks/fingerprint-growth.svg. */
import { nodeEngine } from '@oml/onnx/runner-node';
import { tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import type { Tokenizer } from '@oml/onnx/tokenizer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretRandom } from '../src/code-book/secret.ts';
import type { Ordinary, Subject } from '../src/subject/subject.ts';
import { openSubject } from '../src/subject/subject.ts';
import { SECRET, mark } from './marked.ts';
import { writePart } from './part.ts';
import { growthPlot, type Curve } from './growth-plot.ts';
import { subjects } from '../test-support/bench-subjects.ts';

const RUNS = 3;
const KEYS = 16;
const ORDINARY_TOKENS = 40_000;
/** Ids below are marks; each of the others is one character. */
const FIRST = 2;
const CHARACTERS = 0x4e00;
const idTokenizer: Tokenizer = {
  specialIds: new Set([0, 1]),
  endIds: new Set([1]),
  encode: (text) => [0, ...Array.from(text, (char) => char.codePointAt(0)! - CHARACTERS)],
  decode: (ids) => ids.filter((id) => id >= FIRST).map((id) => String.fromCodePoint(CHARACTERS + id)).join(''),
};

const curves: Curve[] = [await overKeys(), await overSizes('d_ff', [256, 512, 1024, 2048], (inner) => ({ inner, size: 128, vocabulary: 2048 })), await overSizes('V', [1024, 2048, 4096, 8192], (vocabulary) => ({ vocabulary, inner: 512, size: 128 }))];
writeFileSync(join(import.meta.dirname, '../../../docs/benchmarks/fingerprint-growth.svg'), growthPlot(curves));
writePart({
  name: 'growth',
  figures: curves.map(({ over, points }) => ({ metric: `growth.${over}`, value: exponent(points), unit: 'exponent', target: '', anchor: 'slope of log seconds over log size, from the first point to the last', command: 'node packages/fingerprint/bench/growth.ts' })),
  tables: curves.map(({ over, title, points }) => ({ title: `Seconds over ${over}: ${title}`, columns: [over, 'seconds'], rows: points.map(([size, seconds]) => [size, seconds.toFixed(2)]), note: '![growth](fingerprint-growth.svg)' })),
});

async function overKeys(): Promise<Curve> {
  const bench = subjects['wiki2m6']?.();
  if (!bench) throw new Error('The files of wiki2m6 are absent.');
  const subject = openSubject(bench.files, nodeEngine());
  const points = [];
  for (const count of [16, 64, 256]) points.push(await timed(count, () => mark({ name: 'wiki2m6', profile: 'fast', bench, subject }, count), 1));
  return { over: 'N', title: 'keys on wiki2m6, fast, drafting included, one run', points };
}

/** Random weights: cost does not ask what a model knows. */
async function overSizes(over: string, sizes: readonly number[], shape: (size: number) => { vocabulary: number; size: number; inner: number }): Promise<Curve> {
  const points = [];
  for (const size of sizes) {
    const model = shape(size);
    const subject = openSubject({ model: tinyLanguageModel(model), tokenizer: idTokenizer }, nodeEngine());
    const ordinary = stream(model.vocabulary);
    points.push(await timed(size, () => markRandom(subject, ordinary)));
  }
  return { over, title: `one block of random weights, ${KEYS} keys of 2 bits, drafting included, median of three runs`, points };
}

function markRandom(subject: Subject, ordinary: Ordinary) {
  return mark({ name: 'random', profile: 'fast', bench: { files: { model: subject.model.bytes }, ordinary, heldout: { tokens: ordinary as Int32Array }, commonCount: KEYS, tracingCount: 0, bits: 2 }, subject }, KEYS);
}

async function timed(size: number, work: () => Promise<unknown>, runs = RUNS): Promise<[number, number]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
  console.log(size, median.toFixed(2));
  return [size, median];
}

function stream(vocabulary: number): Int32Array {
  const random = secretRandom(SECRET, 'ordinary of the growth');
  return Int32Array.from({ length: ORDINARY_TOKENS }, () => FIRST + random.below(vocabulary - FIRST));
}

function exponent(points: Curve['points']): number {
  const [first, last] = [points[0]!, points.at(-1)!];
  return Math.log(last[1] / first[1]) / Math.log(last[0] / first[0]);
}
