import { claimCourtAbi, drandBeaconAbi, modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { itemAnswer, type DrawnBatch } from '@oml/protocol/evidence/answer';
import { batchId, type BatchOpening } from '@oml/protocol/evidence/batch';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { headMatches } from '@oml/protocol/evidence/head';
import { pairLeaf, standsUnder } from '@oml/protocol/evidence/leaves';
import { hitPoints, runningScores } from '@oml/protocol/evidence/score';
import { zeroHash, type ContractFunctionArgs } from 'viem';
import { checkAll, type Check, type Recheck, type WalkStep } from './check.ts';
import { courtCalls, openingOf } from './court-calls.ts';
import { checkReceipts, type ChainReader } from './receipt-checks.ts';
import type { ShownClaim } from '#claim/shown-claim.ts';
import type { Hex } from '#kit/hex.ts';

type Hit = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'proveItems'>[2][number];

/** What the answers of a batch are held against. */
interface Book extends DrawnBatch {
  pairsRoot: Hex;
}

/**
 * Re-checks a disguised use from the call data: the drawn keys, the committed answers, the receipts, and the score that
 * follows.
 */
export async function recheckDisguised(chain: ChainReader, claim: ShownClaim): Promise<Recheck> {
  const { opening, hits } = await shownHits(chain, claim);
  const id = batchId(claim.claimant, opening);
  const [book, proof] = await Promise.all([readBook(chain, id, opening), readProof(chain, claim)]);
  const walk = walkOf(hits, hitPoints(book.bits, opening.licenseIds.length), proof.itemCount);
  const counting = walk.filter(({ hit }) => hit).length;
  const score = walk.at(-1)?.score ?? 0;
  const checks: Check[] = [
    {
      name: 'Batch',
      ok: id === claim.claimId && book.batchBeacon !== zeroHash,
      detail: 'committed before the beacon drew its keys',
    },
    { name: 'Hits', ok: hits.length === proof.hits, detail: 'as many as the court counted' },
    checkAll(
      'Fingerprints',
      `${hits.length} hits: drawn key, committed candidates, the beacon’s answer at the start of the reply`,
      hits.map((hit) => holdsUp(hit, book)),
    ),
    ...(await checkReceipts(
      chain,
      hits.map(({ evidence }) => evidence),
      claim,
    )),
    {
      name: 'Score',
      ok: score >= proof.needed,
      detail: `${counting} hits and ${proof.itemCount - counting} misses make ${score}; ${proof.needed} are needed`,
    },
  ];
  return { checks, walk, needed: proof.needed };
}

async function shownHits(
  { publicClient }: ChainReader,
  claim: ShownClaim,
): Promise<{ opening: BatchOpening; hits: Hit[] }> {
  const proofs = await courtCalls(publicClient, claim, 'ItemsProven');
  return {
    opening: await openingOf(publicClient, claim),
    hits: proofs.flatMap((call) => (call.functionName === 'proveItems' ? [...call.args[2]] : [])),
  };
}

async function readBook(
  { publicClient, deployment: { contracts } }: ChainReader,
  id: Hex,
  { modelId, release, pairsRoot }: BatchOpening,
): Promise<Book> {
  const [batch, [root, beacon, commonSize, bits]] = await Promise.all([
    publicClient.readContract({
      address: contracts.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'batch',
      args: [id],
    }),
    publicClient.readContract({
      address: contracts.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'codeBookOf',
      args: [modelId, release],
    }),
  ]);
  const rounds = { address: contracts.beacon, abi: drandBeaconAbi } as const;
  const args = [batch.round] as const;
  const isPosted = await publicClient.readContract({ ...rounds, functionName: 'isPosted', args });
  const batchBeacon = isPosted
    ? await publicClient.readContract({ ...rounds, functionName: 'valueOf', args })
    : zeroHash;
  return { batchId: id, batchBeacon, pairsRoot, root, beacon, commonSize, bits };
}

/** What the court keeps of the claim. */
const readProof = ({ publicClient, deployment }: ChainReader, { claimId }: ShownClaim) =>
  publicClient.readContract({
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'proof',
    args: [claimId],
  });

/** A hit steps up, anything else steps down. */
function walkOf(hits: readonly Hit[], points: number, itemCount: number): WalkStep[] {
  const indices = new Set(hits.map(({ index }) => Number(index)));
  const items = Array.from({ length: itemCount }, (_, index) => ({ hit: indices.has(index), points }));
  const scores = runningScores(items);
  return items.map(({ hit }, index) => ({ index, hit, score: scores[index]! }));
}

/**
 * A hit by the contract's rules: drawn key, leaf in the code book, pair in the batch, selected answer at the start of
 * the head.
 */
function holdsUp({ index, evidence: { signed }, leaf, pairProof }: Hit, book: Book): boolean {
  const { queryHash: keyHash, client, requestNonce, head } = signed.receipt;
  const { candidates: packed, salt, proof } = leaf;
  const shown = itemAnswer(book, { i: Number(index), keyHash, candidates: packed, salt });
  if (!shown) return false;
  const { keyIndex, candidates, answer } = shown;
  const { root, bits, pairsRoot } = book;
  return (
    standsUnder(root, leafHash({ index: keyIndex, keyHash, candidates, bits, salt }), proof) &&
    standsUnder(pairsRoot, pairLeaf(index, client, requestNonce), pairProof) &&
    headMatches(head, answer)
  );
}
