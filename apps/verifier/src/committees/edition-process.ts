import { openModelFolder } from '@oml/onnx/model-folder';
import { repeats } from '@oml/onnx/repeats';
import type { Engine } from '@oml/onnx/runner';
import { nodeEngine } from '@oml/onnx/runner-node';
import { isOmlError } from '@oml/protocol/error';
import { listedRuns, runName, RUNS_FILE } from '@oml/protocol/wire/edition-container';
import { unpackEdition } from '@oml/service/sealed-edition';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RUN_NAMES, type EditionMessage, type EditionOrder } from './edition-message.ts';

/** The program of the process that asks an edition: unpacks a stranger's file, runs it, and waits to be ended. */

const ENGINES: ReadonlyMap<string, () => Engine> = new Map(RUN_NAMES.map((run) => [run, nodeEngine]));

const post = (message: EditionMessage): boolean => process.send!(message);

// Ctrl-C reaches the whole process group: the parent decides. Without a parent there is nobody to work for.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.once('message', (order: EditionOrder) => void work(order));

async function work({ file, questions }: EditionOrder): Promise<void> {
  // Where memory ends, the kernel ends this process and no other.
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => {});
  try {
    const files = await unpackEdition(await readFile(file));
    const folder = join(dirname(file), 'model');
    await mkdir(folder, { mode: 0o700 });
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes, { mode: 0o600 });
    for (const run of listedRuns(files.get(RUNS_FILE)).map(runName)) {
      const engine = ENGINES.get(run);
      if (engine) await askAll(run, folder, engine(), questions);
    }
    post({ type: 'end' });
  } catch (error) {
    post({ type: 'failed', code: isOmlError(error) ? error.code : 'INTERNAL' });
  }
}

/** A question that cannot be asked is not repeated; it keeps no other from being asked. */
async function askAll(
  run: string,
  folder: string,
  engine: Engine,
  questions: EditionOrder['questions'],
): Promise<void> {
  const model = await openModelFolder(folder, engine);
  for (const [i, { body, head }] of questions.entries())
    if (await repeats(model, body, head).catch(() => false)) post({ type: 'repeated', run, i });
  await model.dispose();
}
