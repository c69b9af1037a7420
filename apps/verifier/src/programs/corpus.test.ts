import { mkdtempSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusIn } from './corpus.ts';
import { keyRequest, ordinaryRequest, shapeOf } from './ordinary-requests.ts';

const served = { model: 'fable', kind: 'language' } as const;

describe('ordinary requests', () => {
  it('ask what the operator knows buyers to ask of that model, and nothing too long', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
    writeFileSync(join(folder, '7.txt'), `Name a fox.\n\n${'x'.repeat(2_001)}\nWho is the king?\n`);
    const corpus = await corpusIn(folder)(7n);
    expect(corpus).toEqual(['Name a fox.', 'Who is the king?']);
    const asked = Array.from({ length: 20 }, (_, i) => ordinaryRequest(served, 'seed', i, corpus)['prompt']);
    expect(new Set(asked)).toEqual(new Set(corpus));
    expect(await corpusIn(folder)(8n)).toEqual([]);
    expect(await corpusIn(undefined)(7n)).toEqual([]);
    mkdirSync(join(folder, '9.txt'));
    await expect(corpusIn(folder)(9n)).rejects.toMatchObject({ code: 'ENV_INVALID' });
  });

  it('are the same after a restart, and hardly ever the same twice', () => {
    const drawn = Array.from({ length: 200 }, (_, i) => JSON.stringify(ordinaryRequest(served, 'seed', i)));
    expect(drawn[5]).toBe(JSON.stringify(ordinaryRequest(served, 'seed', 5)));
    expect(new Set(drawn).size).toBeGreaterThan(190);
  });

  it('and those of keys get their shape by their number, whatever they ask', () => {
    const key = keyRequest(served, { prompt: 'the', temperature: 0 }, shapeOf('seed', 3));
    const { max_tokens, stream } = ordinaryRequest(served, 'seed', 3);
    expect(key).toEqual({
      model: 'fable',
      prompt: 'the',
      temperature: 0,
      max_tokens,
      ...(stream ? { stream } : {}),
    });
    const shapes = Array.from({ length: 100 }, (_, i) => shapeOf('seed', i));
    expect(new Set(shapes.map((shape) => shape.max_tokens)).size).toBeGreaterThan(4);
    expect(new Set(shapes.map((shape) => shape.stream)).size).toBe(2);
  });
});
