import { decodeRevertData, revertError, type Revert } from '@oml/service/revert';
import { isUnreachable } from '@oml/service/plain-error';
import { encodeFunctionData, type Hex } from 'viem';
import { wordsOf } from '../chain/refusal-words.ts';
import type { View } from './act.ts';
import type { Call, Outcome } from './calls.ts';

/**
 * Runs calls one after another on top of the newest block and sends nothing: by eth_simulateV1, or where the node has
 * only eth_call by that, which tells of the first call alone.
 */
export async function rehearse(calls: readonly Call[], view: View): Promise<Outcome[]> {
  if (calls.length === 0) return [];
  try {
    return await rehearseAll(calls, view);
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return [await rehearseOne(calls[0]!, view)];
  }
}

async function rehearseAll(calls: readonly Call[], { chain, me }: View): Promise<Outcome[]> {
  const blocks = blocksOf(calls).map((block) => ({ calls: block.map((call) => ({ account: me, ...rawOf(call) })) }));
  const results = (await chain.publicClient.simulateBlocks({ blocks })).flatMap((block) => block.calls);
  return calls.map((call, i) => {
    const { gasUsed, logs = [], status, data } = results[i]!;
    return { call, gasUsed, logs, ...(status === 'success' ? {} : { why: whyOf(data) }) };
  });
}

/** A call that has to wait begins a block. */
function blocksOf(calls: readonly Call[]): Call[][] {
  const blocks: Call[][] = [[]];
  for (const call of calls) {
    if (call.isLater) blocks.push([]);
    blocks.at(-1)!.push(call);
  }
  return blocks;
}

const rawOf = (call: Call) => ({ to: call.address, data: encodeFunctionData(call), value: call.value });

async function rehearseOne(call: Call, { chain, me }: View): Promise<Outcome> {
  try {
    const raw = { account: me, ...rawOf(call) };
    await chain.publicClient.call(raw);
    return { call, gasUsed: await chain.publicClient.estimateGas(raw), logs: [] };
  } catch (error) {
    if (isUnreachable(error)) throw error;
    const { message, details } = revertError(error, call.functionName, me);
    return { call, gasUsed: 0n, logs: [], why: 'errorName' in details ? wordsOf(details as Partial<Revert>) : message };
  }
}

function whyOf(data: Hex | undefined): string {
  const revert = data && decodeRevertData(data);
  return revert ? wordsOf(revert) : 'The contract refuses it, and says no more.';
}
