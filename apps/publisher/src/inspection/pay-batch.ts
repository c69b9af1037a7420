import { inspectionPoolsAbi, parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { readLogs } from '@oml/program/read-logs';
import { OmlError } from '@oml/protocol/error';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import { encodeEventTopics, parseEventLogs, type Address, type Hex } from 'viem';

/** A drawn batch that its verifier opened. */
export interface OpenedBatch {
  batchId: Hex;
  verifier: Address;
  opening: BatchOpening;
}

/** What can be paid for one batch on a model now: the deployment's cap, and what lies in the model's pool. */
export async function payableOf({ publicClient, deployment }: Chain, modelId: bigint) {
  const { parameters, inspectionPools } = deployment.contracts;
  const [[, , cap], pool] = await Promise.all([
    publicClient.readContract({ address: parameters, abi: parametersAbi, functionName: 'verifierRates' }),
    publicClient.readContract({
      address: inspectionPools,
      abi: inspectionPoolsAbi,
      functionName: 'poolOf',
      args: [modelId],
    }),
  ]);
  return { cap, pool };
}

/**
 * Pays the verifier of an opened batch out of the pool of its model, as the model's owner or agent, once; undefined
 * where it was paid before. Throws CHAIN_REVERTED.
 */
export async function payBatch(
  chain: Chain,
  { batchId, verifier, opening }: OpenedBatch,
  amount: bigint,
): Promise<Hex | undefined> {
  const pools = { address: chain.deployment.contracts.inspectionPools, abi: inspectionPoolsAbi } as const;
  let tx: Hex | undefined;
  await sendOnce({
    alreadyDone: async () =>
      (await chain.publicClient.readContract({ ...pools, functionName: 'isPaid', args: [batchId] })) || undefined,
    send: async () => {
      const call = { ...pools, functionName: 'payBatch', args: [verifier, opening, amount] };
      tx = (await chain.send(call)).transactionHash;
    },
  });
  return tx;
}

/** Finds what a batch opened to. Throws NOT_FOUND. */
export async function findOpened(chain: Chain, batchId: Hex): Promise<OpenedBatch> {
  const { publicClient, deployment } = chain;
  const event = { abi: verifierRegistryAbi, eventName: 'BatchOpened' } as const;
  const topics = wordsOf(encodeEventTopics({ ...event, args: { batchId } }));
  const read = trueLogs(chain, { addresses: [deployment.contracts.verifierRegistry], topics });
  const logs = await readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    read,
  });
  const [log] = parseEventLogs({ ...event, logs, strict: true });
  if (!log) throw new OmlError('NOT_FOUND', `Nobody opened a batch ${batchId}.`);
  return { batchId, verifier: log.args.verifier, opening: log.args.opening };
}
