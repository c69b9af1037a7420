import type { Chain } from '@oml/service/chain';
import type { Abi } from 'viem';
import type { CommandContext } from '../command.ts';
import type { View } from './act.ts';
import type { Call } from './calls.ts';
import { nameAt } from './contracts.ts';
import { rehearse } from './rehearse.ts';
import { linesOf, reportOf } from './run-act.ts';

/** Thrown where a transaction would be sent. */
class WouldSend extends Error {}

/**
 * Does something up to its first transaction, which is not sent: it, and what `doing` returned where there was none.
 * What follows a transaction depends on what it does, so that nothing is said of it. Throws what `doing` does.
 */
async function firstCall<Done>(
  { chain }: View,
  doing: (chain: Chain) => Promise<Done>,
): Promise<{ calls: Call[]; done?: Done }> {
  const calls: Call[] = [];
  const send: Chain['send'] = async ({ address, abi, functionName, args = [], value = 0n }) => {
    const contract = nameAt(address, chain.deployment) ?? 'vault';
    calls.push({ contract, address, abi: abi as Abi, functionName, args, value, isLater: false });
    throw new WouldSend(functionName);
  };
  try {
    return { calls, done: await doing({ ...chain, send }) };
  } catch (error) {
    if (error instanceof WouldSend) return { calls };
    throw error;
  }
}

/** Tells what the first transaction of `doing` would cost and do, as acts do with --dry-run; `idle` where none is due. */
export async function tellFirstCall<Done>(
  command: string,
  view: View,
  { output, setFailed }: CommandContext,
  { doing, idle }: { doing(chain: Chain): Promise<Done>; idle?(done: Done): string },
): Promise<void> {
  const { calls, done } = await firstCall(view, doing);
  const report = await reportOf(calls, await rehearse(calls, view), view, true);
  if (report.refused) setFailed();
  output.result({ command, ...report, next: null }, () =>
    calls.length === 0 ? (idle?.(done as Done) ?? 'There is nothing to do.') : linesOf(report, undefined).join('\n'),
  );
}
