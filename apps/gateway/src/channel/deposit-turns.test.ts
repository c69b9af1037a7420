import { expect, it } from 'vitest';
import { TOKEN, VAULT } from '../../test-support/payments.ts';
import { createDepositTurns } from './deposit-turns.ts';

it('takes the deposits of a payer one after another, few at once, and goes on after one that failed', async () => {
  const { inTurnOf } = createDepositTurns();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const named = (name: string, until: Promise<void> = Promise.resolve()) =>
    inTurnOf(TOKEN, async (hasWaited) => {
      order.push(`${name} ${hasWaited}`);
      await until;
      return name;
    });
  const failing = named('a', first.promise);
  const others = ['b', 'c', 'd'].map((name) => named(name));
  expect(named('too many')).toBeUndefined();
  expect(await inTurnOf(VAULT, async (hasWaited) => hasWaited)).toBe(false);
  expect(order).toEqual(['a false']);
  first.reject(new Error('no block'));
  await expect(failing).rejects.toThrow('no block');
  expect(await Promise.all(others)).toEqual(['b', 'c', 'd']);
  expect(order).toEqual(['a false', 'b true', 'c true', 'd true']);
  expect(await named('e')).toBe('e');
  expect(order.at(-1)).toBe('e false');
});

it('looks at so many deposits at a time, whosever they are, and at the next when one is done', async () => {
  const { enter } = createDepositTurns();
  const first = Promise.withResolvers<void>();
  const entered = [enter('first', () => first.promise)];
  while (entered.at(-1)) entered.push(enter(`peer ${entered.length}`, () => new Promise<void>(() => {})));
  expect(entered.length - 1).toBe(128);
  expect(enter('next', async () => 'too many')).toBeUndefined();
  first.resolve();
  await entered[0];
  expect(await enter('next', async () => 'next')).toBe('next');
});

it('looks at some of one address, and goes on with those of others', async () => {
  const { enter } = createDepositTurns();
  const first = Promise.withResolvers<void>();
  const entered = [enter('one', () => first.promise)];
  while (entered.at(-1)) entered.push(enter('one', () => new Promise<void>(() => {})));
  expect(entered.length - 1).toBe(32);
  expect(await enter('another', async () => 'taken')).toBe('taken');
  first.resolve();
  await entered[0];
  expect(await enter('one', async () => 'next')).toBe('next');
});
