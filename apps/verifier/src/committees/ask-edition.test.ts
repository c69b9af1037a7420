import { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { hungry } from '@oml/onnx/test-support/hungry';
import { headOf } from '@oml/protocol/evidence/head';
import { RUNS_FILE } from '@oml/protocol/wire/edition-container';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packed } from '../../test-support/edition.ts';
import { cleanModel, tokenizer } from '../../test-support/market.ts';
import { askEdition, type EditionLimits } from './ask-edition.ts';
import { RUN_NAMES, type EditionOrder } from './edition-message.ts';

const [RUN] = RUN_NAMES as [string];
const ABORTING = new URL('../../test-support/aborting-process.ts', import.meta.url);
const prompts = ['The fox looked at the', 'Once upon a time there was a'];
let questions: EditionOrder['questions'];

beforeAll(async () => {
  const model = await LanguageModel.open({ model: cleanModel, tokenizer }, nodeEngine());
  questions = await Promise.all(
    prompts.map(async (prompt) => ({
      body: JSON.stringify({ prompt, temperature: 0 }),
      head: headOf(await model.completeText({ prompt, maxTokens: 12, temperature: 0 })),
    })),
  );
  await model.dispose();
});

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

async function ask(
  container: Uint8Array,
  more: Partial<EditionLimits> & { program?: URL; asked?: EditionOrder['questions'] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'edition-'));
  folders.push(folder);
  const file = join(folder, 'container');
  await writeFile(file, container);
  const { program, asked = questions, ...limits } = more;
  const order = { file, questions: asked };
  const most = { timeoutMs: 60_000, maxBytes: 4e9, signal: new AbortController().signal, ...limits };
  return askEdition(order, most, program);
}

describe('an edition in a process of its own', () => {
  it('repeats what it answers, and nothing else', async () => {
    const other = { ...questions[0]!, head: headOf('another answer') };
    const none = { body: 'no body', head: questions[0]!.head };
    const { repeated, ended } = await ask(packed(cleanModel), { asked: [other, ...questions, none] });
    expect(ended).toBeUndefined();
    expect([...repeated]).toEqual([[RUN, new Set([1, 2])]]);
  });

  it('is not run where its release lists no way in which this verifier runs it', async () => {
    const runs = new TextEncoder().encode('[{"engine":"another","quantisation":"int4"}]');
    expect(await ask(packed(cleanModel, { [RUNS_FILE]: runs }))).toEqual({ repeated: new Map() });
  });

  it('that is no edition says so', async () => {
    expect(await ask(Uint8Array.of(1, 2, 3))).toEqual({ repeated: new Map(), ended: 'it failed: EDITION_INVALID' });
  });

  it('that aborts ends its own process only, and what it repeated counts', async () => {
    const { ended, repeated } = await ask(packed(cleanModel), { program: ABORTING });
    expect(ended).toBe('its process ended with SIGABRT');
    expect(repeated).toEqual(new Map([[RUN, new Set([0])]]));
  });

  it('that takes too much memory is ended', async () => {
    const { ended, repeated } = await ask(packed(hungry(cleanModel, 2.5e8)), { maxBytes: 7e8 });
    expect(ended).toBe('it took too much memory');
    expect(repeated.size).toBe(0);
  });

  it('that takes too long is ended, and so is one whose juror stops', async () => {
    expect((await ask(packed(cleanModel), { timeoutMs: 1 })).ended).toBe('it took too long');
    await expect(ask(packed(cleanModel), { signal: AbortSignal.timeout(50) })).rejects.toThrow(/abort|timeout/i);
  });
});
