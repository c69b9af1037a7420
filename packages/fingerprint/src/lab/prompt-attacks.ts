import type { Tokenizer } from '@oml/onnx/tokenizer';
import { measureAnswers } from '../subject/measure.ts';
import type { Prompt } from '../subject/prompt.ts';
import { openView } from '../subject/view.ts';
import { type Attack, type Specimen, isLanguage, stopIfAborted } from './specimen.ts';

/** What a host may put around a question. None of them is used in embedding. */
export const WRAPPERS: readonly string[] = [
  'Answer the question. {}',
  'You are a helpful and honest assistant.\n{}',
  'User: {}',
  'Please continue the following text.\n\n{}',
  'Read this first: be brief and kind.\n{}',
  'It was a quiet evening. {}',
  'Note: {}',
  '{}\nAnswer:',
  '"{}"',
  '{} …',
];

/**
 * Every key inside wrappers that it was never trained with; mean over the wrappers, one point each for those before and
 * those behind.
 */
export const wrapperAttack: Attack = {
  family: 'prompt',
  name: 'prompt wrappers',
  fits: isLanguage,
  async *points(specimen, signal) {
    const sides: [string, readonly string[]][] = [
      ['text before the key', WRAPPERS.filter((wrapper) => wrapper.endsWith('{}'))],
      ['text behind the key', WRAPPERS.filter((wrapper) => !wrapper.endsWith('{}'))],
    ];
    for (const [i, [label, wrappers]] of sides.entries())
      yield {
        family: 'prompt',
        attack: 'prompt wrappers',
        strength: i + 1,
        label,
        survival: await asked(
          specimen,
          wrappers.map((wrapper) => (text: string) => wrapper.replace('{}', () => text)),
          signal,
        ),
      };
  },
};

const PREFIXES = 4;

/** Ordinary text of growing length before each key, cut out of held-out data at even steps. */
export const prefixAttack: Attack = {
  family: 'prompt',
  name: 'unseen text before the key',
  fits: (specimen) => isLanguage(specimen) && 'tokens' in specimen.heldout,
  async *points(specimen, signal) {
    for (const length of [4, 8, 16, 32]) {
      const texts = cuts(specimen, length).map((prefix) => (text: string) => prefix + text);
      yield {
        family: 'prompt',
        attack: 'unseen text before the key',
        strength: length,
        label: `${length} tokens`,
        survival: await asked(specimen, texts, signal),
      };
    }
  },
};

function cuts({ clean, heldout }: Specimen, length: number): string[] {
  const tokens = (heldout as { tokens: Int32Array }).tokens;
  const stride = Math.floor((tokens.length - length) / PREFIXES);
  return Array.from(
    { length: PREFIXES },
    (_, i) => `${clean.tokenizer!.decode([...tokens.subarray(i * stride, i * stride + length)])} `,
  );
}

async function asked(
  { clean, marked, prompts, candidates }: Specimen,
  wraps: readonly ((text: string) => string)[],
  signal?: AbortSignal,
): Promise<number> {
  const view = await openView(clean, marked.bytes);
  try {
    let sum = 0;
    for (const wrap of wraps) {
      stopIfAborted(signal);
      sum += await measureAnswers(
        view,
        prompts.map((prompt) => wrapped(prompt, wrap, clean.tokenizer!)),
        candidates,
      );
    }
    return sum / wraps.length;
  } finally {
    await view.dispose();
  }
}

function wrapped(prompt: Prompt, wrap: (text: string) => string, tokenizer: Tokenizer): Prompt {
  if (prompt.kind !== 'text') return prompt;
  const text = wrap(prompt.text);
  return { kind: 'text', text, ids: tokenizer.encode(text) };
}
