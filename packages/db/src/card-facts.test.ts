import { describe, expect, it } from 'vitest';
import { splitCard } from './card-facts.ts';

const CARD = `---
license: apache-2.0
language: en
library_name: onnx
pipeline_tag: text-generation
base_model: acme/base
tags: [llama, onnx, llama]
model-index:
  - name: fable
---

# fable

Tells fables.
`;

describe('splitCard', () => {
  it('reads the facts in front of a card, and leaves its text', () => {
    const { facts, text } = splitCard(CARD);
    expect(facts).toEqual({
      task: 'text-generation',
      license: 'apache-2.0',
      library: 'onnx',
      languages: ['en'],
      tags: ['llama', 'onnx'],
      baseModels: ['acme/base'],
      datasets: [],
    });
    expect(text.trim()).toBe('# fable\n\nTells fables.');
  });

  it('takes the own name of a license that has no other', () =>
    expect(splitCard('---\nlicense: other\nlicense_name: fable-1.0\n---\n').facts.license).toBe('fable-1.0'));

  it.each([
    ['no YAML', 'Only text.'],
    ['YAML that does not read', '---\na: [1\n---\nText.'],
    ['a list', '---\n- a\n---\n'],
    ['numbers, objects and long words', `---\nlicense: 3\ntags: [{a: 1}, 4]\nlanguage: ${'x'.repeat(81)}\n---\n`],
    ['aliases', '---\na: &a [x]\ntags: *a\n---\n'],
    ['more than a card has to say', `---\ntags: [${'word,'.repeat(4000)}]\n---\n`],
  ])('says nothing of %s', (_, card) =>
    expect(splitCard(card).facts).toEqual({ languages: [], tags: [], baseModels: [], datasets: [] }),
  );

  it('keeps text that only looks like a beginning', () => expect(splitCard('---\nno end').text).toBe('---\nno end'));
});
