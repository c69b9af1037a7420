import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { calibrate, logHedged, logHedgedOf } from './calibrate.ts';
import { weighEvidence, withChannel } from './e-process.ts';
import { matchInPlace } from './match-in-place.ts';
import { joinChannels, logAnyEdition } from './trace-channels.ts';

const suspect = (id: string, pValue: number) => ({ id, pValue, accused: false });

describe('logHedged', () => {
  it('is ln of half and half the calibrated p, also far below what a double holds', () => {
    for (const p of [0.9, 0.2, 1e-4, 1e-12])
      expect(logHedged(Math.log(p))).toBeCloseTo(Math.log((1 + calibrate(p)) / 2), 9);
    expect(logHedged(-41) - logHedged(-39)).toBeCloseTo(2, 0);
    expect(logHedged(-5000)).toBeGreaterThan(4900);
    expect([logHedgedOf(1), logHedgedOf(0)]).toEqual([Math.log(0.5), expect.closeTo(677, 0)]);
  });
});

describe('joinChannels', () => {
  it('names whoever several channels point to a little, and says which spoke', () => {
    const [first, second] = joinChannels({
      answers: [suspect('a', 0.3), suspect('b', 1e-5)],
      atoms: [suspect('a', 0.5), suspect('b', 1e-4)],
      noise: [suspect('a', 0.4), suspect('b', 1e-7)],
    });
    expect(first).toMatchObject({ id: 'b', accused: true, spoke: ['answers', 'atoms', 'noise'] });
    expect(second).toMatchObject({ id: 'a', accused: false, spoke: [] });
  });

  it('still hears one channel where the others were silenced', () => {
    const [first] = joinChannels({
      answers: [suspect('a', 1)],
      atoms: [suspect('a', 1)],
      noise: [suspect('a', 1e-20)],
    });
    expect(first).toMatchObject({ accused: true, spoke: ['noise'] });
  });

  it('gives innocents one on average, and accuses fewer than it says', () => {
    const random = seededRandom(12);
    let [sum, accused] = [0, 0];
    const trials = 200_000;
    for (let i = 0; i < trials; i++) {
      // Answers and atoms hang together in the worst way: they are the same.
      const p = random();
      const [one] = joinChannels({
        answers: [suspect('a', p)],
        atoms: [suspect('a', p)],
        noise: [suspect('a', random())],
      });
      // What a mean of heavy tails shows is what is not in the tail.
      sum += Math.min(1000, Math.exp(one!.logE)) / trials;
      accused += Number(one!.logE >= Math.log(1000));
    }
    expect(sum).toBeLessThan(1);
    expect(accused / trials).toBeLessThan(1e-3);
  });

  it('adds what weights say of any edition to what answers say', () => {
    const few = weighEvidence([true, true, false].map((hit) => ({ hit, chance: 1 / 16 })));
    const marked = logAnyEdition({
      atoms: [suspect('a', 1e-6), suspect('b', 0.7)],
      noise: [suspect('a', 1e-9), suspect('b', 0.2)],
    });
    expect(few.verdict).toBe('inconclusive');
    expect(withChannel(few, marked)).toMatchObject({ verdict: 'match', hits: 2, answered: 3 });
    const clean = logAnyEdition({ atoms: [suspect('a', 0.6)], noise: [suspect('a', 0.3)] });
    expect(withChannel(few, clean).highestLogE).toBe(few.highestLogE);
  });
});

describe('matchInPlace', () => {
  const aligned = (inPlace: number) => ({ matrix: new Float32Array(), likeness: 0.9, cosine: 0.8, inPlace });

  it('knows a model whose neurons stand in the owner’s places, and says nothing where hardly one does', () => {
    expect(matchInPlace([aligned(1), aligned(256)], 256)!).toMatchObject({ inPlace: 256, neurons: 256 });
    expect(matchInPlace([aligned(256)], 256)!.logE).toBeGreaterThan(1000);
    expect(matchInPlace([aligned(2)], 256)!.logE).toBeLessThan(1);
    expect(matchInPlace([], 256)).toBeUndefined();
  });
});
