import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestsOf, type ReferenceDigests } from '../../test-support/reference-ids.ts';
import { refusedForms, takenForms } from '../../test-support/tokenizer-forms.ts';
import { readTokenizer } from './tokenizer.ts';

const reference = JSON.parse(
  readFileSync(new URL('../../test-support/reference-ids.json', import.meta.url), 'utf8'),
) as Record<string, ReferenceDigests>;
const taken = takenForms();
const refused = refusedForms();

describe('a tokenizer.json', () => {
  it('is compared with the reference in every form that is taken', () => {
    expect(Object.keys(reference)).toEqual(Object.keys(taken));
  });

  it.each(Object.keys(taken))('gives the ids and texts of the reference in 1,000 lines: %s', async (form) => {
    expect(await digestsOf(readTokenizer(taken[form]))).toEqual(reference[form]);
  });

  it.each(Object.keys(refused))('is refused, by its part, where the reference may differ: %s', (form) => {
    const [json, part] = refused[form]!;
    expect(() => readTokenizer(json)).toThrow(
      expect.objectContaining({ code: 'TOKENIZER_INVALID', details: { part } }),
    );
  });

  it('is refused where its normalizer changes an added token', () => {
    const normalizer = { type: 'Prepend', prepend: '▁' };
    expect(() => readTokenizer({ ...taken['no steps'], normalizer })).toThrow('changes the added token "<mark>"');
  });

  it('is refused where the post-processor adds what is no token', () => {
    const odd = { type: 'RobertaProcessing', cls: ['<x>', 99_999], sep: ['</s>', 2] };
    expect(() => readTokenizer({ ...taken['GPT-2'], post_processor: odd })).toThrow(/token 99999/);
  });
});
