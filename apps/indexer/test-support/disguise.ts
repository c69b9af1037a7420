import { modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId as idOf, pairsTree, keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { candidateOf, packCandidates } from '@oml/protocol/evidence/candidate';
import { disguisedUseHash, hitsHash } from '@oml/protocol/evidence/claim';
import { codeBookTree, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { pad, toHex, type Hex } from 'viem';
import { BUYER, HOST, VERIFIER, type InstantChain } from './instant-chain.ts';
import type { Story } from './story.ts';

const BITS = 4;
const word = (n: number): Hex => pad(toHex(n), { size: 32 });
const candidates = Array.from({ length: 2 ** BITS }, (_, i) => candidateOf(String.fromCharCode(97 + i))!);

/** A code book of four keys, another one for every `n`. */
export function bookOf(n: number) {
  const leaves: Leaf[] = [0, 1, 2, 3].map((index) => ({
    index,
    keyHash: word(n * 0x10000 + index),
    candidates,
    bits: BITS,
    salt: word(0x5a17 + index),
  }));
  const tree = codeBookTree(leaves);
  return {
    n,
    leaves,
    tree,
    codeBook: { root: tree.root as Hex, size: leaves.length, commonSize: leaves.length, bits: BITS },
  };
}

/**
 * VERIFIER asks HOST one drawn key off the books, or for a payment that HOST books elsewhere, and proves a disguised
 * use of a model minted with this code book. Returns the claim, its batch, and the nonce under which the use could
 * still be paid.
 */
export async function proveDisguise(
  chain: InstantChain,
  story: Story,
  modelId: bigint,
  { n, leaves, tree }: ReturnType<typeof bookOf>,
) {
  const { verifierRegistry, modelRegistry } = chain.deployment.contracts;
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi };
  const nonceSalt = word(0xd1600 + n);
  const pairs = pairsTree([{ client: BUYER.address, requestNonce: requestNonce(VERIFIER.address, nonceSalt) }]);
  const batch: BatchOpening = {
    account: HOST.address,
    modelId,
    release: 1,
    pairsRoot: pairs.root as Hex,
    itemCount: 1,
    salt: word(n),
  };
  const batchId = idOf(VERIFIER.address, batch);
  await chain.send(VERIFIER, { ...registry, functionName: 'commitBatch', args: [batchId] });
  await chain.mine(3);
  await chain.send(VERIFIER, { ...registry, functionName: 'drawBatch', args: [batchId] });

  const { beacon } = await chain.publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
  const [root, codeBookBeacon] = await chain.publicClient.readContract({
    address: modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'codeBookOf',
    args: [modelId, 1],
  });
  const leaf = leaves[keyIndexAt(beacon, batchId, 0, leaves.length)]!;
  const head = candidates[answerIndex({ root, beacon: codeBookBeacon }, leaf)]!;
  const { evidence, digest, nonce } = await story.evidence(0n, { nonceSalt, queryHash: leaf.keyHash, head });
  const hit = {
    index: 0n,
    evidence,
    pairProof: pairs.getProof(0) as Hex[],
    leaf: { candidates: packCandidates(candidates), salt: leaf.salt, proof: leafProof(tree, leaf.index) },
  };
  const hits = [{ index: 0n, digest, keyHash: leaf.keyHash }];

  const contents = { batch, itemCount: 1, hitsHash: hitsHash(hits) };
  await story.reveal('revealDisguisedUse', disguisedUseHash(batchId, 1, hits), contents);
  await story.court('proveItems', [batch, 1n, [hit]]);
  await story.court('admit', [batch, hits]);
  return { claimId: batchId, batch, nonce };
}
