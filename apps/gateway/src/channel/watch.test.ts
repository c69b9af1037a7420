import type { Chain } from '@oml/service/chain';
import { expect, it } from 'vitest';
import { TOKEN, word } from '../../test-support/payments.ts';
import { createChannelWatch } from './watch.ts';

/** A chain that answers when it is told to. */
function slowChain() {
  const waiting: (() => void)[] = [];
  const answers: Record<string, unknown> = { channels: [7n, 0n], pendingWithdrawals: [0n, 0], refundNonce: 0n };
  const publicClient = {
    getBlock: async () => ({ number: 1n, hash: word(1) }),
    readContract: ({ functionName }: { functionName: string }) =>
      new Promise((resolve) => waiting.push(() => resolve(answers[functionName]))),
  };
  const deployment = { contracts: { batchSettlement: TOKEN } };
  const chain = { publicClient, deployment } as unknown as Chain;
  return { chain, answer: () => waiting.splice(0).forEach((each) => each()) };
}

it('keeps what it read of a channel whoever has it forget another one meanwhile', async () => {
  const { chain, answer } = slowChain();
  const watch = createChannelWatch({ chain, settleDepth: 1 });
  await watch.look();
  const state = watch.stateOf(word(1));
  watch.forget(word(2));
  answer();
  await state;
  expect(watch.knownOf(word(1))).toMatchObject({ balance: 7n });
});

it('does not keep what it was reading of a channel that changed meanwhile', async () => {
  const { chain, answer } = slowChain();
  const watch = createChannelWatch({ chain, settleDepth: 1 });
  await watch.look();
  const states = [watch.stateOf(word(1))];
  watch.forget(word(1));
  answer();
  await Promise.all(states);
  expect(watch.knownOf(word(1))).toBeUndefined();
});
