import { devDollarAbi, modelRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { candidateOf, compareCandidates } from '@oml/protocol/evidence/candidate';
import { codeBookTree, type Leaf } from '@oml/protocol/evidence/code-book';
import { queryHash } from '@oml/protocol/evidence/query';
import { connectBeacon } from '@oml/service/beacon';
import { until } from '@oml/service/wait';
import { pad, parseEventLogs, toHex, zeroHash, type Hex } from 'viem';
import { controlsOf, KEYS, OWNER, waitFor, type TestChain } from './chain-fixture.ts';
import { mintModel } from './host-fixture.ts';

const BITS = 3;

/** A question and how a model begins to answer it. */
export interface Known {
  prompt: string;
  begins: string;
}

/** A model on chain whose fingerprints another model answers. */
export interface LuckyModel {
  modelId: bigint;
  leaves: readonly Leaf[];
  prompts: readonly string[];
  tree: ReturnType<typeof codeBookTree>;
}

/**
 * OWNER publishes a model for whose keys the beacon picks what is known, as nobody can outside of a test: block after
 * block is taken back until its hash is right.
 */
export async function publishLucky(chain: TestChain, name: string, known: readonly Known[]): Promise<LuckyModel> {
  const leaves = known.map(({ prompt, begins }, index): Leaf => {
    const others = Array.from({ length: 2 ** BITS - 1 }, (_, i) => `#${i}`);
    return {
      index,
      keyHash: queryHash({ prompt, temperature: 0 }),
      candidates: [begins, ...others].map((text) => candidateOf(text)!).toSorted(compareCandidates),
      bits: BITS,
      salt: pad(toHex(index + 1), { size: 32 }),
    };
  });
  const tree = codeBookTree(leaves);
  const root = tree.root as Hex;
  const codeBook = { root, poseidonRoot: zeroHash, size: leaves.length, commonSize: leaves.length, bits: BITS };
  const isLucky = (beacon: Hex) =>
    leaves.every((leaf, i) => leaf.candidates[answerIndex({ root, beacon }, leaf)] === candidateOf(known[i]!.begins));
  await commitLucky(chain, codeBook, isLucky);
  const modelId = await mintModel(chain, { name, codeBook });
  return { modelId, leaves, prompts: known.map(({ prompt }) => prompt), tree };
}

async function commitLucky(chain: TestChain, codeBook: object, isLucky: (beacon: Hex) => boolean): Promise<void> {
  const { publicClient, send, deployment } = chain.as(KEYS.OWNER);
  const { parameters, modelRegistry, token } = deployment.contracts;
  const rates = { address: parameters, abi: parametersAbi } as const;
  const fee = await publicClient.readContract({ ...rates, functionName: 'codeBookFee' });
  const dollars = { address: token, abi: devDollarAbi } as const;
  await send({ ...dollars, functionName: 'mint', args: [OWNER.address, fee] });
  await send({ ...dollars, functionName: 'approve', args: [modelRegistry, fee] });
  const controls = controlsOf(chain);
  const sent = () => publicClient.getTransactionCount({ address: OWNER.address, blockTag: 'pending' });
  const before = await sent();
  await controls.setIntervalMining({ interval: 0 });
  try {
    const registry = { address: modelRegistry, abi: modelRegistryAbi } as const;
    const sending = send({ ...registry, functionName: 'commitCodeBook', args: [codeBook] });
    await waitFor(async () => (await sent()) === before + 1);
    await controls.mine({ blocks: 1 });
    const { logs, blockNumber } = await sending;
    const { round } = parseEventLogs({ abi: modelRegistryAbi, eventName: 'CodeBookCommitted', logs })[0]!.args;
    for (let tries = 1; ; tries++) {
      const snapshot = await controls.snapshot();
      await controls.setCoinbase({ address: toHex(tries, { size: 20 }) });
      await controls.mine({ blocks: Number(round - blockNumber) + 1 });
      if (isLucky((await publicClient.getBlock({ blockNumber: round })).hash!)) break;
      await controls.revert({ id: snapshot });
    }
    await controls.setIntervalMining({ interval: 1 });
    await until('the beacon', () => connectBeacon({ chain: chain.as(KEYS.OWNER), chainHash: zeroHash }).valueOf(round));
  } finally {
    await controls.setIntervalMining({ interval: 1 });
  }
}
