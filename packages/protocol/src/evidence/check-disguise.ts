import { isAddressEqual, keccak256, type Address, type Hex } from 'viem';
import { receiptDigest, receiptSigner, type Adjudicator } from '../signed/receipt.ts';
import type { DisguiseBundle, DisguiseHit } from '../wire/disguise-bundle.ts';
import { itemAnswer } from './answer.ts';
import { batchId, MOST_ITEMS } from './batch.ts';
import { isCandidateList } from './candidate.ts';
import { headMatches } from './head.ts';
import { anchorLeaf, codeBookLeaf, pairLeaf, standsUnder } from './leaves.ts';
import { requestNonce } from './nonce.ts';
import { batchScore, hitPoints, scoreNeeded } from './score.ts';

/** One hit, held against all that makes it one; `faults` say what it lacks. */
export interface CheckedHit {
  index: number;
  digest: Hex;
  /** Whose signature it is, if any. */
  signer?: Address;
  licenseId: bigint;
  faults: string[];
}

export interface CheckedDisguise {
  batchId: Hex;
  account: Address;
  modelId: bigint;
  release: number;
  hits: CheckedHit[];
  /** Of the hits without a fault: all other items count as misses. */
  score: number;
  needed: number;
  /** What is wrong with the whole. */
  faults: string[];
  /** No fault anywhere, and the score suffices. */
  holds: boolean;
}

/**
 * Weighs a disguised use again by the court's rules, as far as its bytes go: the chain is taken to say what the bundle
 * says of it.
 */
export async function checkDisguise(bundle: DisguiseBundle, court: Adjudicator): Promise<CheckedDisguise> {
  const { claimant, opening, itemCount, chain } = bundle;
  const hits: CheckedHit[] = [];
  for (const [at, hit] of bundle.hits.entries()) {
    const { faults, ...checked } = await checkHit(hit, bundle, court);
    const before = bundle.hits[at - 1];
    if (before && hit.index <= before.index) faults.push('it is not in the order of the items');
    if (hits.some(({ digest }) => digest === checked.digest)) faults.push('its receipt is shown twice');
    hits.push({ ...checked, faults });
  }
  const sound = hits.filter(({ faults }) => faults.length === 0).length;
  const points = hitPoints(chain.codeBook.bits, opening.licenseIds.length);
  const score = batchScore({ hits: sound, items: itemCount, points });
  const needed = scoreNeeded(chain.threshold, chain.codeBook.number, chain.batch.number);
  const faults = faultsOf(bundle, court, { score, needed });
  const { account, modelId, release } = opening;
  const holds = faults.length === 0 && sound === hits.length;
  return { batchId: batchId(claimant, opening), account, modelId, release, hits, score, needed, faults, holds };
}

function faultsOf(
  { chainId, court: address, claimant, batchId: said, opening, itemCount, ...bundle }: DisguiseBundle,
  court: Adjudicator,
  { score, needed }: { score: number; needed: number },
): string[] {
  const most = Math.min(opening.itemCount, MOST_ITEMS, bundle.chain.codeBook.commonSize);
  return [
    ...(chainId === court.chainId && isAddressEqual(address, court.court) ? [] : ['it is for another court']),
    ...(batchId(claimant, opening) === said ? [] : ['its opening is that of another batch']),
    ...(itemCount <= most ? [] : [`it claims ${itemCount} items of ${most}`]),
    ...(score === bundle.score ? [] : [`it says a score of ${bundle.score}, and comes to ${score}`]),
    ...(needed === bundle.needed ? [] : [`it says that ${bundle.needed} are needed, and ${needed} are`]),
    ...(score >= needed ? [] : [`its score of ${score} does not reach the ${needed} that a claim needs`]),
  ];
}

async function checkHit(hit: DisguiseHit, bundle: DisguiseBundle, court: Adjudicator): Promise<CheckedHit> {
  const { signed, nonceSalt } = hit.evidence;
  const { receipt } = signed;
  const { claimant, opening, itemCount, chain } = bundle;
  const digest = receiptDigest(receipt, court);
  const signer = await receiptSigner(signed, court).catch(() => undefined);
  const { licenseIds } = opening;
  const isNamed = licenseIds.length === 0 ? receipt.licenseId === 0n : licenseIds.includes(receipt.licenseId);
  const pair = pairLeaf(hit.index, receipt.client, receipt.requestNonce);
  const faults = [
    ...(hit.index < BigInt(itemCount) ? [] : ['it is none of the claimed items']),
    ...(signer ? [] : ['its signature is none that the court takes']),
    ...(signer && !chain.signers.some((each) => isAddressEqual(each, signer))
      ? [`${signer} signed it, who is none of the account’s signers`]
      : []),
    ...(requestNonce(claimant, nonceSalt) === receipt.requestNonce ? [] : ['its nonce is not the claimant’s']),
    ...(standsUnder(signed.anchorRoot, anchorLeaf(digest), signed.anchorProof) ? [] : ['its anchor is another’s']),
    ...(standsUnder(opening.pairsRoot, pair, hit.pairProof) ? [] : ['who asked it is not what was committed']),
    ...(isNamed ? [] : [`it names license ${receipt.licenseId}, which is not of the batch`]),
    ...answerFaults(hit, bundle),
  ];
  return { index: Number(hit.index), digest, ...(signer ? { signer } : {}), licenseId: receipt.licenseId, faults };
}

/** Was the drawn key asked, and answered as the code book says? */
function answerFaults({ index, evidence, leaf }: DisguiseHit, { chain, ...bundle }: DisguiseBundle): string[] {
  const { receipt } = evidence.signed;
  const { root, beacon, commonSize, bits } = chain.codeBook;
  const batch = { batchId: batchId(bundle.claimant, bundle.opening), batchBeacon: chain.batch.beacon };
  const { queryHash: keyHash, head } = receipt;
  const { candidates, salt } = leaf;
  const found = itemAnswer(
    { ...batch, root, beacon, commonSize, bits },
    { i: Number(index), keyHash, candidates, salt },
  );
  if (!found || found.candidates.length !== 2 ** bits || !isCandidateList(found.candidates))
    return ['its candidate answers are no list of a code book'];
  const about = { index: BigInt(found.keyIndex), keyHash, candidatesHash: keccak256(candidates), bits, salt };
  return [
    ...(standsUnder(root, codeBookLeaf(about), leaf.proof)
      ? []
      : ['what was asked is not the key that the beacon drew from the code book']),
    ...(headMatches(head, found.answer) ? [] : ['its answer is not the one that the beacon selected']),
  ];
}
