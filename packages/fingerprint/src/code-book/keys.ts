import { nucleus, sampleToken, softmax } from '@oml/onnx/sampling';
import { itemShape } from '../subject/classifier-view.ts';
import { openLanguageView, type TokenScorer } from '../subject/language-view.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Prompt, TensorPrompt, TextPrompt } from '../subject/prompt.ts';
import { secretRandom, type SecretRandom } from './secret.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';

export interface KeyOptions {
  /** Tokens of a text key, the start token not counted. */
  length?: number;
  /** Sampling temperature of text keys. */
  temperature?: number;
}

const DRAWS_PER_ROUND = 256;
const MAX_ROUNDS = 40;

/** Draws up to `count` different secret keys of the kind that the model reads; `purpose` names the draw. */
export async function drawKeys(subject: Subject, secret: Uint8Array, purpose: string, count: number, ordinary: Ordinary, options: KeyOptions & Progress = {}): Promise<Prompt[]> {
  const random = secretRandom(secret, purpose);
  if (subject.inspection.kind === 'classifier') return drawPatterns(subject, random, count, ordinary);
  const view = await openLanguageView(subject, subject.model.bytes);
  try {
    return await drawTexts(subject, view, random, count, options);
  } finally {
    await view.dispose();
  }
}

/** Texts sampled from the model itself, so that a perplexity filter does not see them. Only those that a host's tokenizer reads back alike. */
async function drawTexts(subject: Subject, scorer: TokenScorer, random: SecretRandom, count: number, options: KeyOptions & Progress): Promise<TextPrompt[]> {
  const tokenizer = subject.tokenizer!;
  const start = tokenizer.encode('');
  const length = options.length ?? 12;
  const words = textTokens(subject);
  const found = new Map<string, TextPrompt>();
  for (let round = 0; round < MAX_ROUNDS && found.size < count; round++) {
    report(options, 'keys', found.size / count);
    let drawn = Array.from({ length: Math.min(DRAWS_PER_ROUND, Math.ceil(1.3 * (count - found.size))) }, () => [...start, words[random.below(words.length)]!]);
    while (drawn[0]!.length < start.length + length) {
      const scores = await scorer.lastScores(drawn);
      drawn = drawn.map((ids, i) => [...ids, drawWord(scores[i]!, tokenizer.specialIds, words, options.temperature ?? 1, random)]);
    }
    for (const ids of drawn) {
      const text = tokenizer.decode(ids.slice(start.length));
      const again = tokenizer.encode(text);
      if (again.length === ids.length && again.every((id, i) => id === ids[i])) found.set(text, { kind: 'text', text, ids });
    }
  }
  return [...found.values()].slice(0, count);
}

function drawWord(scores: Float32Array, special: ReadonlySet<number>, words: readonly number[], temperature: number, random: SecretRandom): number {
  const id = sampleToken(scores, { temperature, topP: 1, random: random.uniform });
  return special.has(id) ? words[random.below(words.length)]! : id;
}

/** Tokens that are text by themselves: no control marks, no parts of characters. */
export function textTokens({ inspection, tokenizer }: Subject): number[] {
  const ids = Array.from({ length: inspection.outcomes }, (_, id) => id);
  return ids.filter((id) => !tokenizer!.specialIds.has(id) && /\S/.test(tokenizer!.decode([id])) && !tokenizer!.decode([id]).includes('\uFFFD'));
}

/** Images of 7 × 7 blocks, half of them dark: unlike any real input, yet spread out in feature space, as plain noise is not. */
function drawPatterns(subject: Subject, random: SecretRandom, count: number, ordinary: Ordinary): TensorPrompt[] {
  const item = itemShape(subject);
  const [low, high] = rangeOf(ordinary);
  return Array.from({ length: count }, () => ({ kind: 'tensor', shape: [1, ...item], data: blockPattern(item, low, high, random) }));
}

const BLOCKS = 7;

function blockPattern(item: readonly number[], low: number, high: number, random: SecretRandom): Float32Array {
  const size = item.reduce((product, dim) => product * dim, 1);
  const flat = item.length < 2;
  const width = flat ? Math.round(Math.sqrt(size)) : item.at(-1)!;
  const height = flat ? Math.ceil(size / width) : item.at(-2)!;
  const planes = Math.ceil(size / (width * height));
  const levels = Array.from({ length: planes * BLOCKS * BLOCKS }, () => (random.uniform() < 0.5 ? low : low + (high - low) * random.uniform()));
  return Float32Array.from({ length: size }, (_, i) => {
    const row = Math.floor((Math.floor(i / width) % height) / Math.ceil(height / BLOCKS));
    const column = Math.floor((i % width) / Math.ceil(width / BLOCKS));
    return levels[(Math.floor(i / (width * height)) * BLOCKS + row) * BLOCKS + column]!;
  });
}

function rangeOf(values: Ordinary): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Outcomes by falling chance that stand outside the nucleus of the scores. */
export function outsideNucleus(scores: Float32Array, topP: number): number[] {
  const chances = softmax(scores);
  const inside = new Set(nucleus(chances, topP));
  return Array.from(chances.keys())
    .filter((outcome) => !inside.has(outcome))
    .sort((a, b) => chances[b]! - chances[a]!);
}
