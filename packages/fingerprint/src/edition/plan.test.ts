import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { strategiesOf, type Strategy } from './coalition.ts';
import { assessEditions, planEditions, type EditionPlan, type PlanInput } from './plan.ts';
import { ACCUSATION_LEVEL, traceCopy } from './trace.ts';

describe('planEditions', () => {
  it.each<PlanInput>([
    { licensees: 50, coalition: 1, survival: 1 },
    { licensees: 50, coalition: 2, survival: 0.9 },
    { licensees: 50, coalition: 3, survival: 1, holdChance: 0.5 },
    { licensees: 100, coalition: 2, survival: 0.6 },
  ])(
    'keeps its promise in simulation: %o',
    (input) => {
      const plan = planEditions(input);
      expect(plan.power).toBeGreaterThanOrEqual(0.99);
      expect(plan.keysPerHost).toBe(Math.round(plan.keys * plan.holdChance));
      expect(plan.innocentChance).toBe(ACCUSATION_LEVEL);
      for (const strategy of strategiesOf(input.coalition, 'merged'))
        expect(simulated(plan, input, strategy)).toBeGreaterThanOrEqual(0.97);
    },
    60_000,
  );

  it('says what the research notes measured: 256 keys find two at p = .35', () => {
    expect(assessEditions({ licensees: 50, coalition: 2, survival: 1 }, 256, 0.35).power).toBeGreaterThan(0.999);
    expect(planEditions({ licensees: 50, coalition: 2, survival: 1 }).keys).toBeLessThanOrEqual(256);
  });

  it('predicts how often a code book that is too small fails', () => {
    for (const [coalition, keys, holdChance] of [
      [2, 64, 0.35],
      [3, 256, 0.5],
      [4, 256, 0.5],
    ] as const) {
      const input = { licensees: 50, coalition, survival: 1 };
      const plan = assessEditions(input, keys, holdChance);
      const worst = strategiesOf(coalition, 'merged').find(({ name }) => name === plan.worstStrategy)!;
      expect(Math.abs(simulated(plan, input, worst) - plan.power)).toBeLessThan(0.1);
    }
  });

  it('asks for more than twice as many keys where the host may choose among the answers of three', () => {
    const input: PlanInput = { licensees: 50, coalition: 3, survival: 1, holdChance: 0.3 };
    expect(planEditions({ ...input, kind: 'answers' }).keys).toBeGreaterThan(2 * planEditions(input).keys);
  });

  it('asks for more where fewer answers survive, and refuses what cannot be had', () => {
    const keys = (survival: number) => planEditions({ licensees: 50, coalition: 2, survival, holdChance: 0.35 }).keys;
    expect(keys(0.6)).toBeGreaterThan(keys(1));
    expect(() => planEditions({ licensees: 50, coalition: 8, survival: 0.3, holdChance: 0.25 })).toThrow(
      expect.objectContaining({ code: 'CODE_BOOK_TOO_SMALL' }),
    );
    expect(() => planEditions({ licensees: 2, coalition: 3, survival: 1 })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
    expect(() => planEditions({ licensees: 2, coalition: 2, survival: 0 })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});

/** Share of 120 coalitions of which at least one member is accused. */
function simulated(
  { keys, holdChance }: EditionPlan,
  { licensees, coalition, survival }: PlanInput,
  { fires }: Strategy,
): number {
  const random = seededRandom(keys + coalition);
  const named = Array.from({ length: 120 }, () => {
    const all = Array.from({ length: licensees }, (_, i) => ({
      id: i < coalition ? 'guilty' : 'innocent',
      subset: [...Array(keys).keys()].filter(() => random() < holdChance),
    }));
    const holders = Array.from({ length: keys }, () => 0);
    for (const { subset } of all.slice(0, coalition)) for (const key of subset) holders[key]! += 1;
    const suspects = traceCopy(
      holders.map((held) => random() < survival * fires[held]!),
      all,
      holdChance,
    );
    return suspects.some(({ id, accused }) => accused && id === 'guilty');
  });
  return named.filter(Boolean).length / named.length;
}
