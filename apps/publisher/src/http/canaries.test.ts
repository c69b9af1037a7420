import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keccak256, toHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, OUTSIDER, VERIFIER } from '../../test-support/actors.ts';
import { openPublisherStore, type PublisherStore } from '../store.ts';
import { Canaries, canariesOf } from './canaries.ts';
import { drawDecoys } from './draw.ts';

let folder: string;
let store: PublisherStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canaries-'));
  store = await openPublisherStore(join(folder, 'publisher.sqlite'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const decoys = Array.from({ length: 32 }, (_, i) => ({ prompt: `decoy ${i}`, temperature: 0 }));
const canaries = canariesOf(decoys);
const of = { modelId: '1', release: 1 };

describe('canaries', () => {
  it('are decoys of which each goes to one verifier, whoever asks first and at once', async () => {
    const given = new Canaries(store);
    const ask = (verifier: typeof HOST) => given.numberFor({ ...of, verifier: verifier.address }, 2);
    const [one, same, other] = await Promise.all([ask(VERIFIER), ask(VERIFIER), ask(OUTSIDER)]);
    expect(one).toBe(same);
    expect([one, other].toSorted()).toEqual([0, 1]);
    expect(await ask(HOST)).toBeUndefined();
    expect(await ask(VERIFIER)).toBe(one);
    expect(await given.numberFor({ ...of, release: 2, verifier: HOST.address }, 2)).toBe(0);
  });

  it('are given no more once it is not known to whom they went', async () => {
    const given = new Canaries(store);
    await given.retire({ ...of, release: 3 });
    expect(await given.numberFor({ ...of, release: 3, verifier: HOST.address }, 8)).toBeUndefined();
  });

  it('come to their verifier as often as any decoy, at any place among as many decoys as there are probes', () => {
    const times = new Map<string, number>();
    const places = new Set<number>();
    const own = canaries[3]!;
    for (let seed = 0; seed < 500; seed++) {
      const drawn = { beacon: keccak256(toHex(seed)), batchId: keccak256(toHex(seed + 1_000)), itemCount: 8 };
      const got = drawDecoys({ decoys }, drawn, 3);
      expect(new Set(got.map(({ prompt }) => prompt)).size).toBe(8);
      for (const { prompt } of got) times.set(String(prompt), (times.get(String(prompt)) ?? 0) + 1);
      places.add(got.indexOf(own));
      expect(drawDecoys({ decoys }, drawn).some((body) => canaries.includes(body as never))).toBe(false);
    }
    expect(times.size).toBe(decoys.length - canaries.length + 1);
    const mean = (500 * 8) / times.size;
    for (const [prompt, count] of times) expect(Math.abs(count - mean), prompt).toBeLessThan(mean / 3);
    expect(times.get(own.prompt)).toBeGreaterThan(0);
    expect(places.size).toBe(9); // eight, and none
  });

  it('are none where a model has no decoys', () => {
    const drawn = { beacon: keccak256('0x01'), batchId: keccak256('0x02'), itemCount: 8 };
    expect(drawDecoys({ decoys: [] }, drawn)).toEqual([]);
  });
});
