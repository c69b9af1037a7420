import { modelRegistryAbi } from '@oml/contracts/abis';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId as idOf, pairsTree, keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { candidateOf, packCandidates } from '@oml/protocol/evidence/candidate';
import { disguisedUseHash } from '@oml/protocol/evidence/claim';
import { codeBookTree, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { pad, toHex, type Address, type Hex } from 'viem';
import { BUYER, HOST, VERIFIER, type InstantChain } from './instant-chain.ts';
import type { Story } from './story.ts';

const BITS = 5;
const word = (n: number): Hex => pad(toHex(n), { size: 32 });
const candidates = Array.from({ length: 2 ** BITS }, (_, i) => candidateOf(String.fromCharCode(64 + i))!);

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
 * VERIFIER asks HOST one drawn key off the books, or under a license on another model that HOST books, and proves a
 * disguised use of a model minted with this code book. Returns the claim, its batch, the receipt, and the nonce under
 * which the use could still be paid.
 */
export async function proveDisguise(
  chain: InstantChain,
  story: Story,
  modelId: bigint,
  { n, leaves, tree }: ReturnType<typeof bookOf>,
  named?: { licenseId: bigint; vault: Address },
) {
  const { modelRegistry } = chain.deployment.contracts;
  const nonceSalt = word(0xd1600 + n);
  const pairs = pairsTree([{ client: BUYER.address, requestNonce: requestNonce(VERIFIER.address, nonceSalt) }]);
  const batch: BatchOpening = {
    account: HOST.address,
    modelId,
    release: 1,
    licenseIds: named ? [named.licenseId] : [],
    itemCount: 1,
    pairsRoot: pairs.root as Hex,
    salt: word(n),
  };
  const batchId = idOf(VERIFIER.address, batch);
  const beacon = await story.draw(batch);
  const [root, codeBookBeacon] = await chain.publicClient.readContract({
    address: modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'codeBookOf',
    args: [modelId, 1],
  });
  const leaf = leaves[keyIndexAt(beacon, batchId, 0, leaves.length)]!;
  const head = candidates[answerIndex({ root, beacon: codeBookBeacon }, leaf)]!;
  const { evidence, nonce } = await story.evidence(named?.licenseId ?? 0n, {
    nonceSalt,
    queryHash: leaf.keyHash,
    head,
  });
  if (named) await story.book(named.vault, { nonce });
  const hit = {
    index: 0n,
    evidence,
    pairProof: pairs.getProof(0) as Hex[],
    leaf: { candidates: packCandidates(candidates), salt: leaf.salt, proof: leafProof(tree, leaf.index) },
  };
  await story.reveal('revealDisguisedUse', disguisedUseHash(batchId, 1), [batch, 1]);
  await story.court('proveItems', [batch, 1n, [hit]]);
  return { claimId: batchId, batch, nonce, receipt: evidence.signed.receipt };
}
