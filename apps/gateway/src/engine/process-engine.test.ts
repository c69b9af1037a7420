import type { CompletionRequest, LanguageModel } from '@oml/onnx/language-model';
import type { Classifier } from '@oml/onnx/classifier';
import { openModelFolder } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { createLogger } from '@oml/service/logger';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../test-support/chain-fixture.ts';
import { writeChatModel } from '../../test-support/chat-model.ts';
import { MODELS } from '../../test-support/host-fixture.ts';
import type { LanguageEngine } from './engine.ts';
import type { ModelProcess } from './model-process.ts';
import { openProcessEngine, type ProcessEngine } from './process-engine.ts';

const logger = createLogger('gateway');
logger.level = 'silent';

type Apart = LanguageEngine & { child: ModelProcess };
let scratch: string;
let plain: LanguageModel;
let engine: Apart;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'oml-process-'));
  const folder = writeChatModel(join(scratch, 'chatty'));
  plain = (await openModelFolder(folder, nodeEngine({ threads: 1 }))) as LanguageModel;
  engine = (await openProcessEngine(folder, logger)) as Apart;
});
afterAll(async () => {
  await engine?.dispose();
  await plain?.dispose();
  rmSync(scratch, { recursive: true });
});

async function answerOf(request: CompletionRequest, of: LanguageEngine = engine) {
  let text = '';
  for await (const event of of.complete(request)) {
    if (event.type === 'end') return { ...event, text };
    text += event.text;
  }
  throw new Error('no end');
}

const PROMPTS = ['The little fox', 'Once', 'A bear', 'The queen asked', 'One morning', 'The owl', 'A king', 'The sun'];
const requests = PROMPTS.map((prompt, i): CompletionRequest => ({
  prompt,
  maxTokens: 20 + 10 * i,
  temperature: i % 2 ? 0.8 : 0,
  seed: i,
  stop: ['qqq'],
  logitBias: new Map([[7, -2]]),
}));

/** Ends the process under whatever runs in it, as a crash would. */
const kill = ({ child }: ProcessEngine) => process.kill(child.pid!, 'SIGKILL');

describe('a model in a process of its own', () => {
  it('knows of itself what it knows in this one', () => {
    const { contextLength, vocabularySize } = plain;
    expect(engine).toMatchObject({ kind: 'language', contextLength, vocabularySize });
    const talk = [{ role: 'user', content: 'Tell me of a fox' }];
    expect(engine.conversation(talk)).toEqual(plain.conversation(talk));
    expect(engine.child.uncached).toBeUndefined();
  });

  it('gives eight answers at once, each the same as alone and as without caches', async () => {
    const together = await Promise.all(requests.map((request) => answerOf(request)));
    for (const [i, request] of requests.entries()) {
      expect(together[i]).toEqual(await answerOf(request, plain));
      expect(together[i]).toEqual(await answerOf(request));
    }
  });

  it('breaks off what nobody waits for, and goes on with the rest', async () => {
    const long: CompletionRequest = { prompt: 'Once', maxTokens: 100, temperature: 1, logitBias: new Map([[2, -99]]) };
    const kept = answerOf(requests[7]!);
    const events = engine.complete(long);
    await events.next();
    await events.return();
    const abort = new AbortController();
    const aborted = answerOf({ ...long, signal: abort.signal });
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await kept).toEqual(await answerOf(requests[7]!, plain));
  });

  it('says in its own words what it refuses', async () => {
    const whole = Array.from({ length: engine.contextLength }, () => 5);
    await expect(answerOf({ prompt: whole, maxTokens: 1 })).rejects.toMatchObject({
      code: 'PROMPT_TOO_LONG',
      details: { promptTokens: engine.contextLength },
    });
  });

  it('fails what was in it when it dies, retryable, and is there again', async () => {
    const waiting = requests.map((request) => answerOf({ ...request, maxTokens: 100 }));
    const all = Promise.allSettled(waiting);
    await answerOf({ prompt: 'A', maxTokens: 1, temperature: 0 });
    kill(engine);
    const lost = (await all).filter(({ status }) => status === 'rejected');
    expect(lost.length).toBeGreaterThan(0);
    for (const one of lost) expect(one).toMatchObject({ reason: { code: 'UNAVAILABLE', retryable: true } });
    await waitFor(() => answerOf(requests[0]!).then(() => true));
    expect(await answerOf(requests[0]!)).toEqual(await answerOf(requests[0]!, plain));
  });

  it('is killed and started again where it hangs, and what was in it is refused, retryable', async () => {
    const folder = join(MODELS, 'fable-mini');
    const hung = (await openProcessEngine(folder, logger, { silenceMs: 3_000 })) as Apart;
    const before = await answerOf(requests[0]!, hung);
    const { pid } = hung.child;
    process.kill(pid!, 'SIGSTOP');
    const calls = await Promise.allSettled(requests.map((request) => answerOf(request, hung)));
    for (const one of calls) expect(one).toMatchObject({ reason: { code: 'UNAVAILABLE', retryable: true } });
    await waitFor(() => answerOf(requests[0]!, hung).then(() => true));
    expect(await answerOf(requests[0]!, hung)).toEqual(before);
    expect(hung.child.pid).not.toBe(pid);
    await hung.dispose();
  });

  it('is not started again once it is closed, and refuses calls', async () => {
    const short = (await openProcessEngine(join(MODELS, 'fable-mini'), logger)) as Apart;
    const cut = expect(answerOf({ prompt: 'A', maxTokens: 90 }, short)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await short.dispose();
    await cut;
    await expect(answerOf({ prompt: 'A', maxTokens: 1 }, short)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('classifies as it does in this one, and is not opened where there is no model', async () => {
    const folder = join(MODELS, 'digits');
    const here = (await openModelFolder(folder, nodeEngine({ threads: 1 }))) as Classifier;
    const there = await openProcessEngine(folder, logger);
    if (there.kind !== 'classifier') throw new Error('digits is a classifier');
    const tensor = { shape: [1, 1, 28, 28], data: Float32Array.from({ length: 784 }, (_, i) => (i % 7) / 7) };
    expect(await there.classify(tensor)).toEqual(await here.classify(tensor));
    await expect(there.classify({ ...tensor, shape: [1, 784] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await Promise.all([here.dispose(), there.dispose()]);
    await expect(openProcessEngine(scratch, logger)).rejects.toThrow();
  });
});
