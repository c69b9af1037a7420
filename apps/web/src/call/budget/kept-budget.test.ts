import { createBudget } from '@oml/sdk/budget/budget';
import type { Payment } from '@oml/sdk/payment';
import { describe, expect, it } from 'vitest';
import { budgetFor, limitsOf, removeBudget, setLimits, spentAndLeft } from './kept-budget.ts';

const CLIENT = '0x1111111111111111111111111111111111111111';
const OTHER = '0x2222222222222222222222222222222222222222';
const today = () => new Date().toISOString().slice(0, 10);

/** As a browser's storage is. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
    key: (i: number) => [...kept.keys()][i] ?? null,
    clear: () => kept.clear(),
    get length() {
      return kept.size;
    },
  };
}

const paymentOf = (header: string): Payment => ({ header }) as Payment;

describe('a budget in a browser', () => {
  it('is none until it is set, of one account alone, and none once it is removed', () => {
    const place = storage();
    expect(budgetFor(CLIENT, place)).toBeUndefined();
    setLimits(CLIENT, { perDay: 5_000n }, place);
    expect(limitsOf(CLIENT, place)).toEqual({ perDay: 5_000n });
    expect(budgetFor(OTHER, place)).toBeUndefined();
    expect(spentAndLeft(CLIENT, today(), place)).toEqual({ day: { limit: 5_000n, used: 0n, left: 5_000n } });
    removeBudget(CLIENT, place);
    expect(budgetFor(CLIENT, place)).toBeUndefined();
    expect(place.length).toBe(0);
  });

  it('shows what the SDK spent of it, and stops it where nothing is left', async () => {
    const place = storage();
    setLimits(CLIENT, { perDay: 5_000n, perMonth: 8_000n }, place);
    const budget = createBudget(budgetFor(CLIENT, place)!, CLIENT, async () => false);
    await budget.reserve(paymentOf('first'), 3_000n);
    expect(spentAndLeft(CLIENT, today(), place).day).toEqual({ limit: 5_000n, used: 3_000n, left: 2_000n });
    await budget.settle(paymentOf('first'), 1_500n);
    expect(spentAndLeft(CLIENT, today(), place)).toEqual({
      day: { limit: 5_000n, used: 1_500n, left: 3_500n },
      month: { limit: 8_000n, used: 1_500n, left: 6_500n },
    });
    await expect(budget.check(3_501n)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    setLimits(CLIENT, { perDay: 10_000n }, place);
    const raised = createBudget(budgetFor(CLIENT, place)!, CLIENT, async () => false);
    await raised.check(8_500n);
    await expect(raised.check(8_501n)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
  });

  it('that no longer reads stops nothing and breaks nothing', () => {
    const place = storage();
    setLimits(CLIENT, { perDay: 1n }, place);
    for (let i = 0; i < place.length; i++) place.setItem(place.key(i)!, '{');
    expect(limitsOf(CLIENT, place)).toEqual({});
  });
});
