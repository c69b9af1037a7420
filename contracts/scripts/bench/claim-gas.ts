import { candidateOf } from '@oml/protocol/evidence/candidate';
import { hitPoints } from '@oml/protocol/evidence/score';
import { decodeFunctionData } from 'viem';
import { makeLeaves } from '../../testing/leaves.ts';
import type { Stack } from '../../testing/stack.ts';

const KEYS = 1_024;
const POINTS = 60;
const OF_A_CLAIM = [
  'commitBatch',
  'anchor',
  'commitClaim',
  'revealDisguisedUse',
  'proveItems',
  'finaliseDisguisedUse',
] as const;

/**
 * A claim of disguised use: gas of its transactions, and how many hits they show. `whole` is everything from the batch
 * to the slash but the round of the beacon.
 */
export interface DisguisedClaim {
  readonly bits: number;
  readonly hits: number;
  readonly reveal: number;
  readonly prove: number;
  readonly finalise: number;
  readonly whole: number;
}

/**
 * A claim of 60 points, which code books and batches by the million ask for, against a code book of 1,024 keys with
 * 2^bits candidates of five bytes each.
 */
export async function claimDisguisedUse(stack: Stack, bits: number): Promise<DisguisedClaim> {
  const { claimCourt, VERIFIER, client } = stack;
  const leaves = makeLeaves(KEYS).map((leaf) => ({
    ...leaf,
    bits,
    candidates: leaf.candidates.slice(0, 2 ** bits).map((_, i) => candidateOf(`ans${String(i).padStart(2, '0')}`)!),
  }));
  const modelId = await stack.publish(leaves);
  const fromBlock = (await client.getBlockNumber()) + 1n;
  const batch = await stack.drawBatch(modelId, 64);
  const hits = (await stack.answerBatch(modelId, leaves, batch)).slice(0, Math.ceil(POINTS / hitPoints(bits, 0)));
  await stack.revealDisguised(batch, hits.length);
  await claimCourt.write.proveItems([batch.opening, BigInt(hits.length), hits], { account: VERIFIER.account });
  await stack.finaliseDisguised(batch);
  const spent = await gasByFunction(stack, fromBlock);
  return {
    bits,
    hits: hits.length,
    reveal: spent['revealDisguisedUse']!,
    prove: spent['proveItems']!,
    finalise: spent['finaliseDisguisedUse']!,
    whole: OF_A_CLAIM.reduce((sum, name) => sum + spent[name]!, 0),
  };
}

/** What the transactions from a block on cost, by the function of court or registry that each one calls. */
async function gasByFunction({ client, claimCourt, verifierRegistry }: Stack, fromBlock: bigint) {
  const abi = [...claimCourt.abi, ...verifierRegistry.abi];
  const spent: Record<string, number> = {};
  for (let at = fromBlock; at <= (await client.getBlockNumber()); ++at) {
    const { transactions } = await client.getBlock({ blockNumber: at, includeTransactions: true });
    for (const { to, input, hash } of transactions) {
      if (![claimCourt.address, verifierRegistry.address].some((address) => address.toLowerCase() === to)) continue;
      const { functionName } = decodeFunctionData({ abi, data: input });
      const { gasUsed } = await client.getTransactionReceipt({ hash });
      spent[functionName] = (spent[functionName] ?? 0) + Number(gasUsed);
    }
  }
  return spent;
}
