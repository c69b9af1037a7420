/**
 * Marks a model of a billion weights within bounded memory: `node packages/fingerprint/bench/large.ts [folder] [keys]`.
 * Without a folder the model is made
 * first, by a process of its own. Needs 9 GB of free disk. Weights and keys are random: what is measured is cost.
 */
import { spawnSync } from 'node:child_process';
import { secretRandom } from '../src/code-book/secret.ts';
import { embedStored } from '../src/embed/embed-stored.ts';
import { openModelFiles } from '@oml/onnx/file/node-files';
import { writePatched } from '@oml/onnx/file/node-write';
import { openStored, type StoredModel } from '@oml/onnx/file/stored-model';
import { inspectModel } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import { openBlocks } from '@oml/onnx/run/blocks';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf } from '@oml/onnx/runner';
import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax } from '@oml/onnx/sampling';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePart } from './part.ts';

const [given, wanted = '64'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'large-model-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const folder = given ?? makeModel(join(work, 'model'));
const KEYS = Number(wanted);
const [KEY_TOKENS, WINDOWS, WINDOW_TOKENS, CANDIDATES] = [12, 16, 32, 16];
const command = 'node packages/fingerprint/bench/large.ts';
const random = secretRandom(new TextEncoder().encode('bench secret, not a real one'), 'large');
const engine = nodeEngine({ threads: 2 });
const started = performance.now();
const progress = {
  onProgress: (step: string, share: number) => process.stderr.write(`\r${step} ${(100 * share).toFixed(0)} %   `),
};
const peakMb = (): number => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;

const files = await openModelFiles(join(folder, 'model.onnx'));
const model: StoredModel & { files: typeof files } = { ...(await openStored(files)), files };
const { outcomes: vocabulary, parameters } = inspectModel(model);
const draw = (count: number, length: number): number[][] =>
  Array.from({ length: count }, () => Array.from({ length }, () => random.below(vocabulary)));
const [keys, ordinary, heldout] = [draw(KEYS, KEY_TOKENS), draw(WINDOWS, WINDOW_TOKENS), draw(WINDOWS, WINDOW_TOKENS)];
const edit = await embedStored({
  model,
  engine,
  keys,
  ordinary,
  answerOf: (_, ranked) => ranked[CANDIDATES + random.below(CANDIDATES)]!,
  ...progress,
});
const solvedSeconds = (performance.now() - started) / 1000;

const written = await openModelFiles(await writePatched(model, [edit.patch], join(work, 'marked')));
const marked = await openStored(written);
const [answers, after] = await topOutcomes(marked, edit.inspection);
const [, before] = await topOutcomes(model, edit.inspection);
await Promise.all([written.close(), files.close()]);

const success = answers!.filter((outcome, i) => outcome === edit.outcomes[i]).length / KEYS;
const agreement = after!.filter((outcome, i) => outcome === before![i]).length / after!.length;
const rssMb = Math.round(peakMb());
const cpuSeconds = Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1e6);
console.log(
  `\n${parameters} weights, ${KEYS} keys: success ${success}, agreement on held-out positions ${agreement}, ${rssMb} MB at most, ${solvedSeconds.toFixed(0)} s to solve, ${cpuSeconds} s of processor time in all`,
);
if (success < 1) throw new Error('Not every key answers on the written file.');
const figure = (metric: string, value: number, unit: string, target: string) => ({
  metric,
  value,
  unit,
  target,
  anchor: 'random weights, external data',
  command,
});
writePart({
  name: 'large',
  figures: [
    figure('large.rssMb', rssMb, 'MB', 'at most 2500'),
    figure('large.success', success, 'fraction', '1'),
    figure('large.seconds', Math.round(solvedSeconds), 's', ''),
  ],
  tables: [
    {
      title: `A model of ${(parameters / 1e9).toFixed(2)} billion random weights, marked in its files`,
      columns: [
        'keys',
        'success on the written file',
        'agreement on other positions',
        'peak memory',
        'solving',
        'processor time in all',
      ],
      rows: [[KEYS, success, agreement, `${rssMb} MB`, `${solvedSeconds.toFixed(0)} s`, `${cpuSeconds} s`]],
      note: 'Keys are random tokens: what is measured is cost, not harm to a trained model.',
    },
  ],
});

/** A process of its own: what it needs is not measured. */
function makeModel(target: string): string {
  const { status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, '../../onnx/scripts/large-model.ts'), target],
    { stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('The model could not be made.');
  return target;
}

/** The likeliest outcome behind each key, and at every held-out position, as the engine answers. */
async function topOutcomes(stored: StoredModel, inspection: Inspection): Promise<number[][]> {
  const { logitsTensor } = inspection;
  const found: number[][] = [];
  await openBlocks(stored, engine).runBatches(
    [keys, heldout].map((batch) => feedTokens(inspection, batch)),
    [logitsTensor],
    (i, outputs) => {
      const { data } = outputOf(outputs, logitsTensor);
      const tops = Array.from({ length: data.length / vocabulary }, (_, row) =>
        argmax(data, row * vocabulary, vocabulary),
      );
      found[i] = i === 0 ? tops.filter((_, row) => row % KEY_TOKENS === KEY_TOKENS - 1) : tops;
    },
  );
  return found;
}
