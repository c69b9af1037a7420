import { expect, test } from 'vitest';
import { nucleus, softmax } from './sampling.ts';
import { seededRandom } from './seeded-random.ts';

/** By its definition: all tokens in order, then as many as are needed. */
function byDefinition(chances: Float64Array, topP: number): number[] {
  const order = [...chances.keys()].sort((a, b) => chances[b]! - chances[a]!);
  let held = 0;
  return order.filter((token, i) => {
    const isNeeded = i === 0 || held < topP;
    held += isNeeded ? chances[token]! : 0;
    return isNeeded;
  });
}

test('the nucleus is the fewest likeliest tokens that hold the share, lower ids first where chances are equal', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const spread = random() * 12;
    const steps = round % 3 === 0 ? 4 : 1e9;
    const scores = Float32Array.from({ length: 300 }, () => Math.round(random() * steps) * (spread / steps));
    const chances = softmax(scores);
    for (const topP of [0, 0.1, 0.5, 0.9, 0.999, 1])
      expect(nucleus(chances, topP)).toEqual(byDefinition(chances, topP));
  }
});
