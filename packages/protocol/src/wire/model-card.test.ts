import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cardTitle, exportedCard, splitCard } from './model-card.ts';

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

describe('a card as the hub takes it', () => {
  const origin = {
    chainId: 31337,
    registry: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    modelId: '3',
    release: 2,
    weightsDigest: `0x${'7a'.repeat(32)}`,
    page: 'https://market.example/models/3',
  };
  const frontOf = (card: string) => parse(/^---\n([\s\S]*?)---\n/.exec(card)![1]!) as Record<string, unknown>;

  it('keeps what stood in front, and adds where the model is found', () => {
    const card = exportedCard(CARD, { kind: 'language', name: 'fable', origin });
    expect(frontOf(card)).toMatchObject({
      license: 'apache-2.0',
      pipeline_tag: 'text-generation',
      'model-index': [{ name: 'fable' }],
      tags: ['llama', 'onnx', 'oml'],
      oml: origin,
    });
    expect(card.trimEnd().endsWith('Tells fables.')).toBe(true);
    expect(splitCard(card)).toMatchObject({
      facts: { license: 'apache-2.0' },
      text: expect.stringContaining('# fable'),
    });
  });
  it('is whole where the owner wrote none', () => {
    const card = exportedCard('', { kind: 'classifier', name: 'digits', origin });
    expect(frontOf(card)['pipeline_tag']).toBe('image-classification');
    expect(cardTitle(card)).toBe('digits');
  });
  it('gains nothing by YAML that does not read', () =>
    expect(frontOf(exportedCard('---\n: {\n---\nText', { kind: 'language', name: 'x', origin }))).toMatchObject({
      oml: origin,
    }));
});
