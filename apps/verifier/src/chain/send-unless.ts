import { sendOnce } from '@oml/program/look-first';
import { isOmlError } from '@oml/protocol/error';
import type { Call } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';

/** The custom error behind a refused write; undefined where it failed for another reason. */
export function revertName(error: unknown): string | undefined {
  const name = isOmlError(error) && error.code === 'CHAIN_REVERTED' ? error.details['errorName'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/**
 * Sends a call unless what it does is done, also where that shows only after it was refused. Undefined: nothing sent.
 */
export async function sendUnless(
  chain: Pick<Chain, 'send'>,
  isDone: () => Promise<boolean>,
  call: Call,
): Promise<Hex | undefined> {
  let tx: Hex | undefined;
  await sendOnce({
    alreadyDone: async () => (await isDone()) || undefined,
    send: async () => void (tx = (await chain.send(call)).transactionHash),
  });
  return tx;
}

/** What anybody may do, somebody else may be doing: a node refuses what a transaction in its pool has done already. */
export const unlessFaster = (sent: Promise<Hex | undefined>): Promise<Hex | undefined> =>
  sent.catch((error: unknown) => {
    if (!revertName(error)?.endsWith('_WrongState')) throw error;
    return undefined;
  });
