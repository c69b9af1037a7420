// What evaluate.py prints, seen from the other side: the committed files in onnxruntime-node and
// @huggingface/tokenizers.
// `node models/evaluate.ts` (Node 24.2 or newer). The perplexities must be evaluate.py's, and the ids those that Python
// wrote.
import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const CONTEXT = 128;
const BOS = 1;
const file = (path: string) => readFile(new URL(path, import.meta.url));
const json = async (path: string): Promise<object> => JSON.parse(String(await file(path)));
const open = async (name: string) => InferenceSession.create(new Uint8Array(await file(`${name}/model.onnx`)));

async function readIds(name: string): Promise<number[]> {
  const bytes = new Uint8Array(await file(`${name}/heldout.i32`));
  return [...new Int32Array(bytes.buffer)];
}

async function printPerplexity(name: string): Promise<void> {
  const session = await open(name);
  const ids = await readIds(name);
  const count = Math.floor(ids.length / CONTEXT);
  let nats = 0;
  for (let at = 0; at < count; at++) nats += await windowNats(session, ids.slice(at * CONTEXT, (at + 1) * CONTEXT));
  console.log(`${name}: perplexity ${Math.exp(nats / (count * (CONTEXT - 1))).toFixed(2)} in onnxruntime-node`);
}

/** Sum over the window of -log p(next token). */
async function windowNats(session: InferenceSession, ids: number[]): Promise<number> {
  const inputs = ids.slice(0, -1);
  const input = new Tensor('int64', BigInt64Array.from(inputs, BigInt), [1, inputs.length]);
  const { logits } = await session.run({ input_ids: input });
  const scores = logits!.data as Float32Array;
  const vocab = scores.length / inputs.length;
  return inputs.reduce((sum, _, i) => sum + surprise(scores.subarray(i * vocab, (i + 1) * vocab), ids[i + 1]!), 0);
}

function surprise(scores: Float32Array, wanted: number): number {
  const top = scores.reduce((a, b) => Math.max(a, b));
  return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0)) - scores[wanted]!;
}

async function printTokenizer(name: string): Promise<void> {
  const tokenizer = new Tokenizer(await json(`${name}/tokenizer.json`), await json(`${name}/tokenizer_config.json`));
  const ids = await readIds(name);
  const starts = ids.flatMap((id, at) => (id === BOS ? [at] : []));
  const stories = starts.slice(0, -1).map((start, i) => ids.slice(start, starts[i + 1]! - 1));
  const same = stories.filter((story) => {
    const text = tokenizer.decode(story, { skip_special_tokens: true });
    return tokenizer.encode(text).ids.join() === story.join();
  });
  console.log(`${name}: ${same.length} of ${stories.length} held-out stories get Python's ids from @huggingface/tokenizers`);
}

async function printAccuracy(): Promise<void> {
  const session = await open('digits');
  const pixels = Float32Array.from(await file('digits/heldout.u8'), (value) => value / 255);
  const labels = await file('digits/heldout.labels.u8');
  const { logits } = await session.run({ image: new Tensor('float32', pixels, [labels.length, 1, 28, 28]) });
  const scores = logits!.data as Float32Array;
  const right = labels.filter((label, i) => {
    const own = scores.subarray(i * 10, i * 10 + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  console.log(`digits: accuracy ${(right.length / labels.length).toFixed(3)} in onnxruntime-node`);
}

for (const name of ['fable', 'fable-mini']) {
  await printTokenizer(name);
  await printPerplexity(name);
}
await printAccuracy();
