// The bench in small: the same calls at the same gateway, fewer of them, of a smaller code book.
import { seededRandom } from '@oml/onnx/seeded-random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planItemCount } from '../../src/programs/evidence-plan.ts';
import { startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { claimsInPeriods, cleanChance, type Threshold } from './honest.ts';
import { catchingPlot } from './plot.ts';
import { recordPool } from './record.ts';
import { mixedCurve, ratioOf, unpaidCurve } from './runs.ts';
import { bookOf, openCheatScene, type CheatScene } from './scene.ts';

const SIZE = { commonCount: 16, bits: 6 };
const RUNS = 1_000;
let chain: DevChain;
let scene: CheatScene;
let recorded: Awaited<ReturnType<typeof recordPool>>;
let book: ReturnType<typeof bookOf>;
let threshold: Threshold;

beforeAll(async () => {
  chain = await startDevChain();
  scene = await openCheatScene(chain, SIZE);
  recorded = await recordPool(scene, { paidUse: 1, disguise: 1 });
  book = bookOf(scene);
  const needed = Number(await recorded.deciding.court.scoreNeeded(book.modelId, 1, 1n));
  threshold = { needed, items: planItemCount({ ...book, needed }) };
}, 1_800_000);
afterAll(async () => {
  await recorded?.close();
  await scene?.stop();
  await chain?.stop();
});

describe('a host at the product’s own gateway', () => {
  it('was asked every key and sixteen uses in either habit, and each call was judged for what it is', () => {
    const { uses, answers, calls } = recorded.pool;
    expect(uses).toEqual({ honest: Array(16).fill(false), cheating: Array(16).fill(true) });
    for (const habit of ['honest', 'cheating'] as const) expect(answers[habit].size).toBe(SIZE.commonCount);
    expect(calls).toBe(2 * (16 + 2 * SIZE.commonCount));
  });

  it('is caught as soon as predicted where it leaves a share unpaid', () => {
    for (const point of unpaidCurve(recorded.pool, RUNS, seededRandom(1)))
      expect(ratioOf(point), JSON.stringify(point)).toBeLessThan(1.2);
  });

  it('is caught as soon as predicted where it mixes a model in, by batches planned for that', async () => {
    const { pool, deciding } = recorded;
    const points = await mixedCurve(deciding, pool, book, RUNS, seededRandom(2), [0.8, 1]);
    expect(points.map(({ share }) => share)).toEqual([0.8, 1]);
    for (const point of points) expect(ratioOf(point), JSON.stringify(point)).toBeLessThan(1.2);
    expect(catchingPlot([], points)).toContain('</svg>');
  });

  it('that pays and is clean is claimed in no period, and its batch matches with less than a threshold’s chance', () => {
    expect(cleanChance(book, threshold)).toBeLessThanOrEqual(2 ** -threshold.needed);
    expect(claimsInPeriods(recorded.pool, book, threshold, 2_000, seededRandom(3)).claimed).toBe(0);
  });

  it('would be claimed wherever it were not', async () => {
    const { cheating } = recorded.pool.answers;
    const guilty = { ...recorded.pool, answers: { honest: cheating, cheating } };
    // M answers what its own beacon chose, one in 64 of what another would have: lower the bar, and that is seen.
    const low = { needed: 3, items: threshold.items };
    expect(claimsInPeriods(guilty, book, low, 200, seededRandom(4)).claimed).toBeGreaterThan(0);
    const weaker = { ...book, survival: 0.7 };
    const [point] = await mixedCurve(recorded.deciding, recorded.pool, weaker, 200, seededRandom(5), [1]);
    expect(ratioOf(point!)).toBeGreaterThan(1.2);
  });
});
