import { describe, expect, test } from 'vitest';
import { takenForms } from '../../test-support/tokenizer-forms.ts';
import { asciiTokenizer } from '../../test-support/tiny-models.ts';
import { Detokenizer } from './detokenizer.ts';
import { seededRandom } from './seeded-random.ts';
import { readTokenizer, type Tokenizer } from './tokenizer.ts';

const TOKENS = 150;
const forms = takenForms();

/** Certain text after each token, all tokens decoded together each time. */
function decodedTogether(tokenizer: Tokenizer, promptIds: readonly number[], ids: readonly number[]): string[] {
  const anchor = promptIds.slice(-1);
  const anchorText = tokenizer.decode(anchor);
  let emitted = '';
  return ids.map((_, i) => {
    const whole = tokenizer.decode([...anchor, ...ids.slice(0, i + 1)]);
    const text = whole.startsWith(anchorText) ? whole.slice(anchorText.length) : tokenizer.decode(ids.slice(0, i + 1));
    const certain = text.replace(/\uFFFD+$/, '');
    if (certain.startsWith(emitted)) emitted = certain;
    return emitted;
  });
}

describe('text of long answers, of which only the end is decoded again', () => {
  test.each(Object.keys(forms))('is as if all of it were: %s', (form) => {
    const tokenizer = readTokenizer(forms[form]);
    const ids = tokenizer.encode('The fox, ünï 東京 😀 said: "don\'t!"  12 times.\n'.repeat(8));
    const highest = Math.max(...ids);
    for (let seed = 0; seed < 6; seed++) {
      const random = seededRandom(seed);
      const drawn = Array.from({ length: TOKENS }, () => Math.floor(random() * (highest + 1)));
      const start = Math.floor(random() * ids.length);
      const said = seed % 2 ? drawn : Array.from({ length: TOKENS }, (_, i) => ids[(start + i) % ids.length]!);
      const detokenizer = new Detokenizer(tokenizer, ids.slice(0, 3), []);
      let text = '';
      const texts = said.map((id) => (text += detokenizer.push(id)));
      expect(texts).toEqual(decodedTogether(tokenizer, ids.slice(0, 3), said));
    }
  });
});

test('a stop string is found over the border of what is settled, and decoding takes no longer for long answers', () => {
  let decoded = 0;
  const counting = {
    ...asciiTokenizer,
    decode(ids: readonly number[]) {
      decoded += ids.length;
      return String.fromCharCode(...ids);
    },
  };
  const text = 'a'.repeat(30) + 'stop!' + 'b'.repeat(9);
  const detokenizer = new Detokenizer(counting, [], ['stop!']);
  let said = '';
  for (const character of text) if (!detokenizer.stopped) said += detokenizer.push(character.charCodeAt(0));
  expect(said).toBe('a'.repeat(30));
  decoded = 0;
  const long = new Detokenizer(counting, [], []);
  for (let i = 0; i < 2_000; i++) long.push(97 + (i % 26));
  expect(decoded).toBeLessThan(2_000 * 50);
});
