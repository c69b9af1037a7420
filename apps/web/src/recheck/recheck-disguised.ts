import { claimCourtAbi, modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import type { ClaimRow } from '@oml/db/rows';
import { batchId, type BatchOpening } from '@oml/protocol/batch';
import { answerIndex, keyIndexAt, leafHash } from '@oml/protocol/code-book';
import { headMatches } from '@oml/protocol/head';
import { decodeFunctionData, encodeAbiParameters, keccak256, type ContractFunctionArgs, type Hex } from 'viem';
import { checkAll, type Check, type Recheck, type WalkStep } from './check.ts';
import { standsUnder } from './merkle-proof.ts';
import { checkReceipts, type ChainReader } from './receipt-checks.ts';

type Item = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'proveItems'>[1][number];

interface Book {
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  bits: number;
}

/** Re-checks a disguised use from the call data: the drawn keys, the committed answers, the receipts, and the score that follows. */
export async function recheckDisguised(chain: ChainReader, claim: ClaimRow): Promise<Recheck> {
  const { opening, items } = await shownItems(chain, claim);
  const { publicClient, deployment } = chain;
  const { modelRegistry, verifierRegistry, claimCourt } = deployment.contracts;
  const id = batchId(claim.claimant, { ...opening, itemCount: Number(opening.itemCount) });
  const [batch, book, onChain, needed] = await Promise.all([
    publicClient.readContract({ address: verifierRegistry, abi: verifierRegistryAbi, functionName: 'batch', args: [id] }),
    publicClient.readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'model', args: [claim.modelId] }),
    publicClient.readContract({ address: claimCourt, abi: claimCourtAbi, functionName: 'claim', args: [claim.claimId] }),
    scoreNeeded(chain, claim),
  ]);
  const walk = walkOf(items, (item, i) => holdsUp(item, i, { book, batchBeacon: batch.beacon, id, opening }), book.bits);
  const hits = items.filter(({ hit }) => hit);
  const score = walk.at(-1)?.score ?? 0;
  const checks: Check[] = [
    { name: 'Batch', ok: batch.beacon !== `0x${'00'.repeat(32)}`, detail: 'committed before the beacon drew its keys' },
    checkAll('Fingerprints', `${hits.length} hits: drawn key, committed candidates, the beacon’s answer at the start of the reply`, walk.map(({ holds }) => holds)),
    ...(await checkReceipts(chain, hits.map(({ evidence }) => evidence), claim)),
    { name: 'Score', ok: claim.state === 'cleared' || BigInt(score) === onChain.score, detail: `${hits.length} hits and ${items.length - hits.length} misses make ${score}; the court holds ${onChain.score}` },
  ];
  return { checks, walk, needed: Number(needed) };
}

/** What the court asked for when it admitted the claim; what it would ask now, where the node keeps no old state. */
async function scoreNeeded({ publicClient, deployment }: ChainReader, claim: ClaimRow): Promise<bigint> {
  const question = { address: deployment.contracts.claimCourt, abi: claimCourtAbi, functionName: 'scoreNeeded', args: [claim.claimant] } as const;
  const admitted = claim.timeline.find(({ name }) => name === 'ClaimAdmitted');
  if (!admitted) return publicClient.readContract(question);
  return publicClient.readContract({ ...question, blockNumber: admitted.blockNumber }).catch(() => publicClient.readContract(question));
}

async function shownItems({ publicClient }: ChainReader, claim: ClaimRow): Promise<{ opening: Omit<BatchOpening, 'itemCount'> & { itemCount: bigint }; items: Item[] }> {
  const hashes = [...new Set(claim.timeline.filter(({ name }) => name === 'ClaimRevealed' || name === 'ItemsProven').map(({ tx }) => tx))];
  const calls = await Promise.all(hashes.map(async (hash) => decodeFunctionData({ abi: claimCourtAbi, data: (await publicClient.getTransaction({ hash })).input })));
  const reveal = calls.find(({ functionName }) => functionName === 'revealDisguisedUse');
  if (reveal?.functionName !== 'revealDisguisedUse') throw new Error('The claim was revealed through another contract; its items are not in the call.');
  const items = calls.flatMap((call) => (call.functionName === 'proveItems' ? [...call.args[1]] : []));
  return { opening: reveal.args[0].batch, items };
}

function walkOf(items: readonly Item[], holds: (item: Item, i: number) => boolean, bits: number): WalkStep[] {
  let score = 0;
  return items.map((item, index) => {
    score += item.hit ? bits - 1 : -1;
    return { index, hit: item.hit, holds: !item.hit || holds(item, index), score };
  });
}

/** A hit by the contract's rules: drawn key, leaf in the code book, pair in the batch, selected answer at the start of the head. */
function holdsUp({ evidence, leaf, pairProof }: Item, i: number, { book, batchBeacon, id, opening }: { book: Book; batchBeacon: Hex; id: Hex; opening: { pairsRoot: Hex } }): boolean {
  const { receipt } = evidence;
  const drawn = keyIndexAt(batchBeacon, id, i, book.commonSize);
  const selected = leaf.candidates[answerIndex(book.beacon, leaf.salt, leaf.keyHash, leaf.bits)];
  const pair = encodeAbiParameters([{ type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }], [BigInt(i), receipt.client, receipt.requestNonce]);
  return (
    leaf.index === BigInt(drawn) &&
    leaf.keyHash === receipt.queryHash &&
    leaf.bits === book.bits &&
    standsUnder(book.codeBookRoot, leafHash({ ...leaf, index: Number(leaf.index) }), leaf.proof) &&
    standsUnder(opening.pairsRoot, keccak256(keccak256(pair)), pairProof) &&
    selected !== undefined &&
    headMatches(receipt.head, selected)
  );
}
