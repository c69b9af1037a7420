import { describe, expect, it } from 'vitest';
import { takenForms } from '../../test-support/tokenizer-forms.ts';
import { readTokenizer } from '../run/tokenizer.ts';
import { fromVocabMerges } from './from-vocab-merges.ts';

interface Form {
  added_tokens: { id: number; content: string }[];
  model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
}
/** As GPT-2's own repository writes its tokenizer, and as its vocabulary and merges lie beside it. */
const form = takenForms()['GPT-2'] as unknown as Form;
const { model, added_tokens } = form;
const pairs = model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' ')));
const whole = { ...model.vocab, ...Object.fromEntries(added_tokens.map(({ content, id }) => [content, id])) };
const vocab = JSON.stringify(whole);
const merges = `#version: 0.2\n${pairs.join('\n')}\n`;
const names = ['bos_token', 'eos_token', 'unk_token'].map((name, i) => [name, added_tokens[i]?.content]);
const config = JSON.stringify({ tokenizer_class: 'GPT2Tokenizer', ...Object.fromEntries(names) });
const code = expect.objectContaining({ code: 'TOKENIZER_INVALID' });

describe('vocabulary and merges', () => {
  const expected = readTokenizer(form);
  it.each(['Once upon a time', "  it's  12,5 µm\t–\n“quoted” 🙂", '日本語', ' ', 'a'])(
    'cut %j as tokenizer.json',
    (text) => {
      const made = readTokenizer(fromVocabMerges({ vocab, merges, config }));
      expect(made.encode(text)).toEqual(expected.encode(text));
      expect(made.decode(made.encode(text))).toBe(text);
    },
  );
  it('are the same as a list of pairs', () =>
    expect(fromVocabMerges({ vocab, merges: JSON.stringify(pairs) })).toEqual(fromVocabMerges({ vocab, merges })));
  it.each([
    ['of a tokenizer that cuts elsewhere', { vocab, merges, config: '{"tokenizer_class": "Qwen2Tokenizer"}' }],
    ['that are no bytes', { vocab: '{"a": 0}', merges }],
    ['with ids that are none', { vocab: '{"Ġa": -1}', merges }],
    ['that do not read', { vocab: 'vocab', merges }],
  ])('are refused: %s', (_, files) => expect(() => fromVocabMerges(files)).toThrow(code));
});
