import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import type { Tokenizer } from '@oml/onnx/tokenizer';
import { cachedLlamaModel } from '@oml/onnx/test-support/architectures/llama';
import { expect, it } from 'vitest';
import type { Prompt } from '../subject/prompt.ts';
import { openSubject, type Subject } from '../subject/subject.ts';
import { detectWatermark } from '../watermark/detect-watermark.ts';
import { perplexityFilter } from './filter-attack.ts';
import type { Specimen, SurvivalPoint } from './specimen.ts';

const START = 1;
/** Token ids as text: "5 6 7". */
const numbers: Tokenizer = {
  specialIds: new Set([START]),
  endIds: new Set(),
  maxTokenBytes: 8,
  knows: () => true,
  encode: (text) => [START, ...numbers.encodeWritten(text)],
  encodeWritten: (text) => text.split(' ').filter(Boolean).map(Number),
  decode: (ids) => ids.filter((id) => id !== START).join(' '),
};

/** It asks for a mask, positions and a cache beside the tokens. */
const subject: Subject = openSubject({ model: cachedLlamaModel(), tokenizer: numbers }, nodeEngine({ threads: 1 }));
const stream = Int32Array.from({ length: 600 }, (_, i) => 2 + ((i * i) % (subject.inspection.outcomes - 2)));

it('filters by perplexity with a model that has more inputs than tokens', async () => {
  const ids = [START, 5, 9, 3, 4];
  const prompts: Prompt[] = [{ kind: 'text', text: '5 9 3 4', ids }];
  const specimen: Specimen = {
    name: 'cached',
    clean: subject,
    marked: readModel(cachedLlamaModel()),
    prompts,
    candidates: [],
    outcomes: [3],
    ordinary: stream,
    heldout: { tokens: stream },
  };
  const points: SurvivalPoint[] = [];
  for await (const point of perplexityFilter.points(specimen)) points.push(point);
  expect(points.map(({ strength }) => strength)).toEqual([0.01, 0.05, 0.2]);
});

it('looks for a watermark with such a model too, and finds none in arbitrary answers', async () => {
  const { hiddenSize } = subject.inspection.site;
  const fisher = Float64Array.from({ length: hiddenSize ** 2 }, (_, i) => Number(i % (hiddenSize + 1) === 0));
  const transcripts = Array.from({ length: 20 }, (_, i) => ({
    prompt: [START, ...stream.subarray(9 * i, 9 * i + 4)],
    answer: [...stream.subarray(9 * i + 4, 9 * i + 9)],
  }));
  const found = await detectWatermark({
    clean: subject,
    secret: new TextEncoder().encode('a secret of some length'),
    beacon: `0x${'7a'.repeat(32)}`,
    fisher,
    transcripts,
  });
  expect(found.tokens).toBe(100);
  expect(found.pValue).toBeGreaterThan(1e-4);
});
