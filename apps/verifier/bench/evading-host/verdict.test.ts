import { beforeAll, describe, expect, it } from 'vitest';
import { formerViews } from './before.ts';
import { plannedViews, type PlannedView } from './planned.ts';
import { draftPrompts, type Prompts } from './prompts.ts';
import { rightAbout } from './verdict.ts';
import type { HostView } from './view.ts';

const PRICE = 2_000n;
const FOLDS = 2;
let prompts: Prompts[];
let planned: PlannedView[];
beforeAll(async () => {
  prompts = await draftPrompts(2, 32);
  planned = plannedViews(prompts, 10, PRICE);
});

/** As it would be if the verifier gave something away. */
const leaking = (leak: (view: HostView) => Partial<HostView>): PlannedView[] =>
  planned.map((call) => (call.isProbe ? { ...call, view: { ...call.view, ...leak(call.view) } } : call));

describe('a host that learns from 600 calls which of them were probes', () => {
  it('does hardly better on others than by tossing a coin', () => {
    expect(planned.length).toBeGreaterThanOrEqual(600);
    // 64 keys against 64 decoys: a wording that tells nothing is found this telling with a chance below 1 in 1,000.
    expect(rightAbout(planned, FOLDS)).toBeLessThan(0.65);
    expect(rightAbout(planned, FOLDS, ['payments', 'times', 'connection'])).toBeLessThan(0.6);
  });

  it('knew nearly all of them while one address paid and ordinary calls were openings of tales', () => {
    expect(rightAbout(formerViews(prompts, 40, PRICE), FOLDS)).toBeGreaterThan(0.95);
  });

  it.each<[string, (view: HostView) => Partial<HostView>]>([
    ['shorter answers', ({ body }) => ({ body: { ...body, max_tokens: 12 } })],
    ['a temperature of its own', ({ body }) => ({ body: { ...body, temperature: 0.1 } })],
    ['a hop of its own', ({ history }) => ({ history: { ...history, siblings: 9 } })],
    ['a stake behind it', ({ history }) => ({ history: { ...history, stepsToStake: 2 } })],
    ['payers with a past', ({ history }) => ({ history: { ...history, nonce: 3 } })],
    ['one connection', () => ({ port: 1 })],
    ['another header', ({ headers }) => ({ headers: [...headers, 'x-probe'] })],
    ['another price', () => ({ amount: 2_001 })],
    ['a fixed gap', ({ at }) => ({ at: Math.floor(at / 60_000) * 60_000 + 30 })],
  ])('would notice %s', (_, leak) => {
    expect(rightAbout(leaking(leak), FOLDS)).toBeGreaterThan(0.9);
  });
});
