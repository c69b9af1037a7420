import { pieceCutter } from '@oml/onnx/tokens/encoder';
import { readForm } from '@oml/onnx/tokens/form';

const GPT_LETTERS = Array.from({ length: 256 }, (_, byte) => {
  const isVisible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  return isVisible ? String.fromCharCode(byte) : undefined;
});
let next = 256;
const LETTERS = GPT_LETTERS.map((letter) => letter ?? String.fromCharCode(next++));

/**
 * Trains byte-level byte-pair encoding the plain way: every merge counts everything anew. As slow as it is simple, and
 * it shares nothing with the code that it tests but the cutting of words. `weights` say how often each text counts.
 */
export function trainBpe(texts: readonly { text: string; weight: number }[], merges: number): object {
  const form = tokenizerJson([]);
  const cut = pieceCutter(readForm(form));
  const words = new Map<string, number>();
  for (const { text, weight } of texts) for (const word of cut(text)) words.set(word, (words.get(word) ?? 0) + weight);
  const split = [...words].map(([word, count]) => ({ symbols: [...word], count }));
  const found: [string, string][] = [];
  while (found.length < merges) {
    const best = mostFrequent(split);
    if (!best) break;
    found.push(best);
    for (const word of split) word.symbols = joined(word.symbols, best);
  }
  return tokenizerJson(found);
}

function mostFrequent(words: readonly { symbols: string[]; count: number }[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words)
    for (let i = 1; i < symbols.length; i++) {
      const pair = `${symbols[i - 1]} ${symbols[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  let [best, most] = ['', 0];
  for (const [pair, count] of counts) if (count > most) [best, most] = [pair, count];
  return best === '' ? undefined : (best.split(' ') as [string, string]);
}

function joined(symbols: string[], [left, right]: [string, string]): string[] {
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    out.push(isPair ? left + right : symbols[i]!);
    if (isPair) i++;
  }
  return out;
}

function tokenizerJson(merges: [string, string][]): object {
  const vocab = Object.fromEntries(
    [...LETTERS, ...merges.map((pair) => pair.join(''))].map((token, id) => [token, id]),
  );
  return {
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges },
  };
}
