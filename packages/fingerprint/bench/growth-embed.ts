/**
 * Embeds random keys into a model of `large-model.ts` that lies in a folder, and prints what that took as one line of
 * JSON. A process of its own, so
 * that its memory is its own: `node packages/fingerprint/bench/growth-embed.ts <folder> <keys>`.
 */
import { openModelFiles } from '@oml/onnx/file/node-files';
import { writePatched } from '@oml/onnx/file/node-write';
import { openStored, type StoredModel } from '@oml/onnx/file/stored-model';
import { inspectModel } from '@oml/onnx/inspect';
import { openBlocks } from '@oml/onnx/run/blocks';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf } from '@oml/onnx/runner';
import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax } from '@oml/onnx/sampling';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretRandom } from '../src/code-book/secret.ts';
import { embedStored, type StoredEdit } from '../src/embed/embed-stored.ts';
import { SECRET } from './marked.ts';
import type { Cost } from './growth-point.ts';
import { stepClock } from './growth-steps.ts';

const [KEY_TOKENS, WINDOWS, WINDOW_TOKENS, CANDIDATES] = [12, 16, 32, 16];
const [folder, wanted] = process.argv.slice(2) as [string, string];
const engine = nodeEngine({ threads: 2 });
const files = await openModelFiles(join(folder, 'model.onnx'));
const model = { ...(await openStored(files)), files };
const { outcomes: vocabulary } = inspectModel(model);
const random = secretRandom(SECRET, 'growth');
const keys = draw(Number(wanted), KEY_TOKENS);

console.log(JSON.stringify(await measure()));
await files.close();

async function measure(): Promise<Cost> {
  const clock = stepClock('running');
  try {
    const edit = await embedStored({
      model,
      engine,
      keys,
      ordinary: draw(WINDOWS, WINDOW_TOKENS),
      answerOf: (_, ranked) => ranked[CANDIDATES + random.below(CANDIDATES)]!,
      onProgress: clock.onProgress,
    });
    const cost = { ...clock.stop(), rssMb: process.resourceUsage().maxRSS / 1024 };
    return { ...cost, success: await successOnFile(edit) };
  } catch (error) {
    return { ...clock.stop(), rssMb: process.resourceUsage().maxRSS / 1024, success: 0, trouble: String(error) };
  }
}

function draw(count: number, length: number): number[][] {
  return Array.from({ length: count }, () => Array.from({ length }, () => random.below(vocabulary)));
}

/** Share of keys that the written file answers as it is to. */
async function successOnFile(edit: StoredEdit): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), 'growth-'));
  try {
    const written = await openModelFiles(await writePatched(model, [edit.patch], work));
    const answers = await answersOf(await openStored(written), edit);
    await written.close();
    return answers.filter((outcome, key) => outcome === edit.outcomes[key]).length / keys.length;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function answersOf(stored: StoredModel, { inspection }: StoredEdit): Promise<number[]> {
  let answers: number[] = [];
  await openBlocks(stored, engine).runBatches(
    [feedTokens(inspection, keys)],
    [inspection.logitsTensor],
    (_, outputs) => {
      const { data } = outputOf(outputs, inspection.logitsTensor);
      answers = keys.map((_key, i) => argmax(data, ((i + 1) * KEY_TOKENS - 1) * vocabulary, vocabulary));
    },
  );
  return answers;
}
