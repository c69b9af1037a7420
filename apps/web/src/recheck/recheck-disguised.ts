import { claimCourtAbi, modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import type { ClaimRow } from '@oml/db/claims';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId, keyIndexAt, type BatchOpening } from '@oml/protocol/evidence/batch';
import { unpackCandidates } from '@oml/protocol/evidence/candidate';
import { hitsHash } from '@oml/protocol/evidence/claim';
import { leafHash } from '@oml/protocol/evidence/code-book';
import { headMatches } from '@oml/protocol/evidence/head';
import { pairLeaf, standsUnder } from '@oml/protocol/evidence/leaves';
import { runningScores } from '@oml/protocol/evidence/score';
import { decodeFunctionData, zeroHash, type ContractFunctionArgs, type Hex } from 'viem';
import { checkAll, type Check, type Recheck, type WalkStep } from './check.ts';
import { checkReceipts, digestOf, type ChainReader } from './receipt-checks.ts';

type Hit = ContractFunctionArgs<typeof claimCourtAbi, 'nonpayable', 'proveItems'>[2][number];

/** What the answers of a batch are held against. */
interface Book {
  batchId: Hex;
  batchBeacon: Hex;
  pairsRoot: Hex;
  codeBookRoot: Hex;
  codeBookBeacon: Hex;
  commonSize: number;
  bits: number;
}

/**
 * Re-checks a disguised use from the call data: the drawn keys, the committed answers, the receipts, and the score that
 * follows.
 */
export async function recheckDisguised(chain: ChainReader, claim: ClaimRow): Promise<Recheck> {
  const { opening, hits } = await shownHits(chain, claim);
  const id = batchId(claim.claimant, opening);
  const [book, proof] = await Promise.all([readBook(chain, id, opening), readProof(chain, claim)]);
  const refs = hits.map(({ index, evidence: { signed } }) => ({
    index,
    digest: digestOf(chain, signed),
    keyHash: signed.receipt.queryHash,
  }));
  const walk = walkOf(hits, book.bits, proof.itemCount);
  const counting = walk.filter(({ hit }) => hit).length;
  const score = walk.at(-1)?.score ?? 0;
  const checks: Check[] = [
    {
      name: 'Batch',
      ok: id === claim.claimId && book.batchBeacon !== zeroHash,
      detail: 'committed before the beacon drew its keys',
    },
    { name: 'Hits', ok: hitsHash(refs) === proof.hitsHash, detail: 'they are the ones that the claimant committed' },
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
  claim: ClaimRow,
): Promise<{ opening: BatchOpening; hits: Hit[] }> {
  const shown = claim.timeline.filter(({ name }) => name === 'DisguisedUseClaimed' || name === 'ItemsProven');
  const calls = await Promise.all(
    [...new Set(shown.map(({ tx }) => tx))].map(async (hash) =>
      decodeFunctionData({ abi: claimCourtAbi, data: (await publicClient.getTransaction({ hash })).input }),
    ),
  );
  const reveal = calls.find(({ functionName }) => functionName === 'revealDisguisedUse');
  if (reveal?.functionName !== 'revealDisguisedUse')
    throw new Error('The claim was revealed through another contract; its items are not in the call.');
  return {
    opening: reveal.args[0].batch,
    hits: calls.flatMap((call) => (call.functionName === 'proveItems' ? [...call.args[2]] : [])),
  };
}

async function readBook(
  { publicClient, deployment: { contracts } }: ChainReader,
  id: Hex,
  { modelId, release, pairsRoot }: BatchOpening,
): Promise<Book> {
  const [batch, [codeBookRoot, codeBookBeacon, commonSize, bits]] = await Promise.all([
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
  return { batchId: id, batchBeacon: batch.beacon, pairsRoot, codeBookRoot, codeBookBeacon, commonSize, bits };
}

/**
 * What the court keeps of the claim, and the score it asked for; before it is admitted, the score it would ask for now.
 */
async function readProof({ publicClient, deployment }: ChainReader, claim: ClaimRow) {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const proof = await publicClient.readContract({ ...court, functionName: 'proof', args: [claim.claimId] });
  if (proof.needed !== 0) return proof;
  return {
    ...proof,
    needed: Number(await publicClient.readContract({ ...court, functionName: 'scoreNeeded', args: [claim.claimant] })),
  };
}

/** A hit steps up the first time that its key is asked. Anything else steps down. */
function walkOf(hits: readonly Hit[], bits: number, itemCount: number): WalkStep[] {
  const asked = new Set<Hex>();
  const counting = new Set<number>();
  for (const { index, evidence } of hits) {
    const { queryHash } = evidence.signed.receipt;
    if (!asked.has(queryHash)) counting.add(Number(index));
    asked.add(queryHash);
  }
  const items = Array.from({ length: itemCount }, (_, index) => ({ hit: counting.has(index), bits }));
  const scores = runningScores(items);
  return items.map(({ hit }, index) => ({ index, hit, score: scores[index]! }));
}

/**
 * A hit by the contract's rules: drawn key, leaf in the code book, pair in the batch, selected answer at the start of
 * the head.
 */
function holdsUp(
  { index, evidence: { signed }, leaf, pairProof }: Hit,
  { batchId: id, batchBeacon, pairsRoot, codeBookRoot, codeBookBeacon, commonSize, bits }: Book,
): boolean {
  const { queryHash: keyHash, client, requestNonce, head } = signed.receipt;
  const candidates = unpackCandidates(leaf.candidates);
  const drawn = keyIndexAt(batchBeacon, id, Number(index), commonSize);
  const draw = { root: codeBookRoot, beacon: codeBookBeacon };
  const selected = candidates?.[answerIndex(draw, { index: drawn, salt: leaf.salt, keyHash, bits })];
  if (candidates === undefined || selected === undefined) return false;
  return (
    standsUnder(codeBookRoot, leafHash({ index: drawn, keyHash, candidates, bits, salt: leaf.salt }), leaf.proof) &&
    standsUnder(pairsRoot, pairLeaf(index, client, requestNonce), pairProof) &&
    headMatches(head, selected)
  );
}
