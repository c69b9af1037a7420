import { describe, expect, it } from 'vitest';
import { uploadIdOf, viewSchema } from './publisher-client.ts';

describe('uploadIdOf', () => {
  it('is the SHA-256 of the bytes', async () =>
    expect(await uploadIdOf(new Blob(['abc']))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ));
});

describe('viewSchema', () => {
  it('reads a publication whose steps have no progress yet, and one that has', () => {
    const steps = [
      { name: 'inspect', state: 'done', startedAt: 1, endedAt: 2 },
      { name: 'draft', state: 'running', startedAt: 2, endedAt: null, progress: 0.4, part: 'keys' },
      { name: 'mint', state: 'waiting', startedAt: null, endedAt: null },
    ];
    expect(viewSchema.parse({ state: 'running', steps, transactions: [] })).toMatchObject({ state: 'running', steps });
  });

  it('refuses an answer that is no publication', () => expect(viewSchema.safeParse({ ok: true }).success).toBe(false));
});
