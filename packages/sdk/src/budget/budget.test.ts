import fc from 'fast-check';
import { numberToHex, zeroAddress, type Address } from 'viem';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Payment } from '../payment.ts';
import { memoryTexts, type Texts } from '../texts.ts';
import { createBudget, type BudgetAlert, type BudgetOptions, type IsUsed } from './budget.ts';

const CLIENT: Address = `0x${'c1'.repeat(20)}`;
const NOON = Date.UTC(2026, 10, 29, 12);

const wordOf = (n: number) => numberToHex(n, { size: 32 });

/** A signed payment, of which no two are the same. */
const payment = (n: number, validBefore?: number): Payment =>
  ({
    header: `payment ${n}`,
    ...(validBefore === undefined
      ? {}
      : { authorization: { from: CLIENT, to: zeroAddress, nonce: wordOf(n), validBefore: BigInt(validBefore) } }),
  }) as Payment;

const unused: IsUsed = async () => false;
const budgetOn = (store: Texts, options: Partial<BudgetOptions> = {}, isUsed = unused) =>
  createBudget({ app: 'notes', store, ...options }, CLIENT, isUsed);

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOON }));
afterEach(() => void vi.useRealTimers());

/** A store that answers when the scheduler says so, and whose process is killed after so many steps. */
function mortal(scheduler: fc.Scheduler, texts: Texts, steps: number): Texts {
  const step = async () => {
    await scheduler.schedule(Promise.resolve());
    if (steps-- <= 0) throw new Error('killed');
  };
  return {
    read: (name) => step().then(() => texts.read(name)),
    write: (name, text) => step().then(() => texts.write(name, text)),
  };
}

describe('a budget', () => {
  it('is never overrun, whatever calls come at once, cost less, fail, or are cut off by a crash', async () => {
    const call = fc.record({
      most: fc.bigInt({ min: 1n, max: 40n }),
      part: fc.nat(100),
      end: fc.constantFrom('settle', 'release', 'nothing'),
    });
    const lives = fc.array(fc.record({ calls: fc.array(call, { maxLength: 8 }), steps: fc.nat(50) }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lives, async (scheduler, processes) => {
        const texts = memoryTexts();
        const limits = { perDay: 100n, perMonth: 90n };
        let charged = 0n;
        let sent = 0;
        const run = async (store: Texts, { most, part, end }: { most: bigint; part: number; end: string }) => {
          const budget = budgetOn(store, limits);
          const mine = payment(sent++);
          await budget.reserve(mine, most);
          charged += most; // the host may take all of it from now on
          if (end === 'nothing') return;
          const cost = end === 'settle' ? (most * BigInt(part)) / 100n : 0n;
          charged -= most - cost;
          await (end === 'settle' ? budget.settle(mine, cost) : budget.release(mine));
        };
        for (const { calls, steps } of processes) {
          const store = mortal(scheduler, texts, steps);
          await scheduler.waitFor(Promise.allSettled(calls.map((one) => run(store, one))));
          const { month } = await budgetOn(texts, limits).state();
          expect(month!.used).toBeGreaterThanOrEqual(charged);
          expect(month!.used).toBeLessThanOrEqual(90n);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets every call in for which there is room', async () => {
    const budget = budgetOn(memoryTexts(), { perDay: 9n });
    const all = await Promise.allSettled(Array.from({ length: 5 }, (_, n) => budget.reserve(payment(n), 3n)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    await budget.settle(payment(0), 1n);
    await budget.release(payment(1));
    expect(await budget.state()).toEqual({ app: 'notes', day: { limit: 9n, used: 4n, left: 5n } });
  });

  it('begins anew with the day and with the month of UTC, and another app has its own', async () => {
    const store = memoryTexts();
    const limits = { perDay: 10n, perMonth: 15n };
    const budget = budgetOn(store, limits);
    await budget.reserve(payment(1), 10n);
    await budget.settle(payment(1), 10n);
    await expect(budget.check(1n)).rejects.toMatchObject({ code: 'BUDGET_SPENT', details: { period: 'day' } });
    await budgetOn(store, { ...limits, app: 'other' }).check(10n);
    vi.setSystemTime(NOON + 24 * 3_600_000);
    await budget.reserve(payment(2), 5n);
    await expect(budget.check(1n)).rejects.toMatchObject({ details: { period: 'month', left: '0' } });
    vi.setSystemTime(NOON + 48 * 3_600_000);
    expect(await budget.state()).toMatchObject({ day: { left: 10n }, month: { left: 15n } });
  });

  it('counts what was sent until it can cost nothing any more', async () => {
    const until = NOON / 1_000 + 60;
    const budget = budgetOn(memoryTexts(), { perDay: 10n }, async ({ nonce }) => nonce === wordOf(1));
    await budget.reserve(payment(1, until), 4n);
    await budget.reserve(payment(1, until), 4n); // the same one again
    await budget.reserve(payment(2, until), 6n);
    await expect(budget.check(1n)).rejects.toThrow();
    vi.setSystemTime(NOON + 240_000);
    await budget.check(6n);
    await expect(budget.check(7n)).rejects.toMatchObject({ details: { left: '6' } });
  });

  it('tells at 50, 75 and 100 per cent, once each, also over a restart', async () => {
    const told: [BudgetAlert['period'], number][] = [];
    const store = memoryTexts();
    const onAlert = ({ period, percent }: BudgetAlert) => void told.push([period, percent]);
    const budget = () => budgetOn(store, { perDay: 100n, perMonth: 1_000n, onAlert });
    const spend = async (n: number, amount: bigint) => {
      await budget().reserve(payment(n), amount);
      await budget().settle(payment(n), amount);
    };
    await spend(1, 49n);
    expect(told).toEqual([]);
    await spend(2, 30n);
    await spend(3, 1n);
    expect(told).toEqual([
      ['day', 50],
      ['day', 75],
    ]);
    await expect(spend(4, 30n)).rejects.toThrow();
    await expect(spend(5, 30n)).rejects.toThrow();
    expect(told.slice(2)).toEqual([['day', 100]]);
    vi.setSystemTime(NOON + 24 * 3_600_000);
    await spend(6, 60n);
    expect(told.slice(3)).toEqual([['day', 50]]);
  });
});
