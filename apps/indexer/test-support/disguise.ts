import { claimCourtAbi, modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { batchId as idOf, pairsTree } from '@oml/protocol/batch';
import { candidateOf } from '@oml/protocol/candidate';
import { answerIndex, codeBookTree, keyIndexAt, leafProof, type Leaf } from '@oml/protocol/code-book';
import { requestNonce } from '@oml/protocol/request-nonce';
import { encodeAbiParameters, keccak256, pad, toHex, zeroHash, type AbiFunction, type Hex } from 'viem';
import { BUYER, HOST, VERIFIER, type DevChain } from './dev-chain.ts';
import type { Story } from './story.ts';

const BITS = 4;
const word = (n: number): Hex => pad(toHex(n), { size: 32 });
const candidates = Array.from({ length: 2 ** BITS }, (_, i) => candidateOf(String.fromCharCode(97 + i))!);
const leaves: Leaf[] = [0, 1, 2, 3].map((index) => ({ index, keyHash: word(0xbeef00 + index), candidates, bits: BITS, salt: word(0x5a17 + index) }));
const tree = codeBookTree(leaves);
export const CODE_BOOK = { root: tree.root as Hex, size: leaves.length, commonSize: leaves.length, bits: BITS };

/**
 * VERIFIER asks HOST one drawn key off the books and proves a disguised use of a model minted with CODE_BOOK.
 * Returns the nonce under which that use could still be paid.
 */
export async function proveDisguise(chain: DevChain, story: Story, claimId: bigint, modelId: bigint): Promise<Hex> {
  const { verifierRegistry, modelRegistry } = chain.deployment.contracts;
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi };
  const nonceSalt = word(0xd1600 + Number(claimId));
  const pairs = pairsTree([{ client: BUYER.address, requestNonce: requestNonce(VERIFIER.address, nonceSalt) }]);
  const opening = { account: HOST.address, modelId, pairsRoot: pairs.root as Hex, itemCount: 1, salt: word(Number(claimId)) };
  const batchId = idOf(VERIFIER.address, opening);
  await chain.send(VERIFIER, { ...registry, functionName: 'commitBatch', args: [batchId] });
  await chain.mine(3);
  await chain.send(VERIFIER, { ...registry, functionName: 'drawBatch', args: [batchId] });

  const { beacon } = await chain.publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
  const [, codeBookBeacon] = await chain.publicClient.readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'codeBookOf', args: [modelId, 1] });
  const leaf = leaves[keyIndexAt(beacon, batchId, 0, leaves.length)]!;
  const head = candidates[answerIndex(codeBookBeacon, leaf.salt, leaf.keyHash, BITS)]!;
  const { evidence, nonce } = await story.evidence(0n, { nonceSalt, queryHash: leaf.keyHash, head });
  const item = { hit: true, evidence, pairProof: pairs.getProof(0) as Hex[], leaf: { ...leaf, index: BigInt(leaf.index), proof: leafProof(tree, leaf.index) } };

  const { inputs } = claimCourtAbi.find((entry) => entry.type === 'function' && entry.name === 'proveItems') as AbiFunction;
  const itemHash = keccak256(encodeAbiParameters([{ ...inputs[1]!, type: 'tuple' }], [item]));
  const itemsHash = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [zeroHash, itemHash]));
  await story.reveal('revealDisguisedUse', 2, { batch: { ...opening, itemCount: 1n }, itemCount: 1n, itemsHash });
  await story.court('proveItems', [claimId, [item]]);
  return nonce;
}
