'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useSpend } from '#wallet/use-spend.ts';
import { dataOf } from '#wallet/use-write.ts';
import type { Action, Step, Values } from './action.ts';

/** Runs an action's steps one after another; what an earlier visit sent of it counts as running. */
export function useAction(action: Action, steps: readonly Step[] | undefined) {
  const queries = useQueryClient();
  const last = steps?.at(-1)?.call;
  const mine = typeof last === 'object' ? { address: last.address, data: dataOf(last) } : undefined;
  const { send, spend, status, busy } = useSpend(mine);

  const run = async (values: Values): Promise<void> => {
    const all = action.steps(values);
    for (const [i, { call, fresh, spends }] of all.entries()) {
      const made = await (fresh ?? (typeof call === 'function' ? call : () => call))();
      const title = all.length === 1 ? action.title : `${action.title} (${i + 1} of ${all.length})`;
      const named = { ...made, title };
      await (spends === undefined ? send(named) : spend(spends, named));
    }
    // What the page knows of the chain is old now.
    await queries.invalidateQueries({ queryKey: ['facts'] });
  };

  return { run, status, busy };
}
