import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { answerIndex } from '@oml/protocol/evidence/answer';
import { batchId as hashBatch, openingHash, pairsTree, keyIndexAt } from '@oml/protocol/evidence/batch';
import { candidateOf, packCandidates } from '@oml/protocol/evidence/candidate';
import { claimCommitment, disguisedUseHash, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { codeBookTree, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import { parseEventLogs, zeroHash, type Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { DEV_CHAIN_ID, PRICE, type Market } from './market.ts';
import { random } from './random.ts';

export interface Evidence {
  signed: { receipt: Receipt; signature: Hex; anchorRoot: Hex; anchorProof: Hex[] };
  nonceSalt: Hex;
}

/** An item of a batch that the host answered as the model does. */
export interface Hit {
  index: bigint;
  evidence: Evidence;
  pairProof: Hex[];
  leaf: { candidates: Hex; salt: Hex; proof: Hex[] };
}

/** The steps of a claim against the market's host, from an answer to the end. */
export function claimSteps(market: Market) {
  const { claimCourt, modelRegistry, verifierRegistry, client, networkHelpers, buyer, signer, now } = market;
  const { HOST, VERIFIER, OUTSIDER, postRound } = market;
  const adjudicator = { chainId: DEV_CHAIN_ID, court: claimCourt.address };

  /** A receipt for an answer given now to the verifier's client. */
  async function answer(changes: Partial<Receipt> & { salt: Hex }): Promise<{ receipt: Receipt; salt: Hex }> {
    const { salt, ...rest } = changes;
    const nonce = requestNonce(VERIFIER.account.address, salt);
    const receipt = {
      licenseId: 0n,
      client: buyer.address,
      requestNonce: nonce,
      queryHash: random(),
      head: candidateOf('amber')!,
      responseHash: random(),
      paymentRef: zeroHash,
      amount: PRICE,
      cumulative: PRICE,
      answeredAt: await now(),
      ...rest,
    };
    return { receipt, salt };
  }

  /** Signs receipts by the host's signer and anchors them under one root. */
  async function prove(
    answers: readonly { receipt: Receipt; salt: Hex }[],
    by: PrivateKeyAccount = signer,
  ): Promise<Evidence[]> {
    const digests = answers.map(({ receipt }) => digestOf(receipt));
    const tree = anchorTree(digests);
    await claimCourt.write.anchor([tree.root as Hex]);
    return Promise.all(
      answers.map(async ({ receipt, salt }, i) => {
        const { signature } = await signReceipt(receipt, by, adjudicator);
        return {
          signed: { receipt, signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digests[i]!) },
          nonceSalt: salt,
        };
      }),
    );
  }

  const digestOf = (receipt: Receipt) => receiptDigest(receipt, adjudicator);

  /** Commits to contents and lets the receipts come of age; returns the salt of the reveal. */
  async function commitClaim(contentsHash: Hex) {
    const salt = random();
    const commitment = claimCommitment({
      chainId: DEV_CHAIN_ID,
      court: claimCourt.address,
      claimant: VERIFIER.account.address,
      contentsHash,
      salt,
    });
    await claimCourt.write.commitClaim([commitment], { account: VERIFIER.account });
    await networkHelpers.time.increase(12);
    return salt;
  }

  /** Commits to unpaid uses; what is left is to reveal them. */
  async function commitUnpaid(...accused: Evidence[]) {
    const salt = await commitClaim(unpaidUseHash(accused.map(({ signed }) => digestOf(signed.receipt))));
    return (from = VERIFIER) => claimCourt.write.revealUnpaidUse([accused, salt], { account: from.account });
  }

  /** Claims an unpaid use; the claim is known by the digest of its receipt. */
  async function claimUnpaid(accused: Evidence): Promise<Hex> {
    await (
      await commitUnpaid(accused)
    )();
    return digestOf(accused.signed.receipt);
  }

  /** Shows the receipt of a claim again, to end it. */
  const told = ({ signed, nonceSalt }: Evidence) => [[signed.receipt], VERIFIER.account.address, nonceSalt] as const;

  /** What the event says by which a transaction ended a claim. */
  async function endOf(hash: Hex) {
    const { logs } = await client.getTransactionReceipt({ hash });
    return parseEventLogs({ abi: claimCourt.abi, eventName: 'ClaimFinalised', logs })[0]!.args.ending;
  }

  /** Lets the answer window of a claim end. */
  async function passWindow(claimId: Hex) {
    const answerBy = BigInt((await claimCourt.read.claim([claimId])).answerBy);
    if ((await now()) <= answerBy) await networkHelpers.time.increaseTo(answerBy + 1n);
  }

  async function finaliseUnpaid(accused: Evidence) {
    await passWindow(digestOf(accused.signed.receipt));
    return endOf(await claimCourt.write.finaliseUnpaidUse(told(accused), { account: OUTSIDER.account }));
  }

  type Batch = Awaited<ReturnType<typeof drawBatch>>;

  async function finaliseDisguised(batch: Batch) {
    await passWindow(batch.id);
    return endOf(
      await claimCourt.write.finaliseDisguisedUse([VERIFIER.account.address, batch.opening], {
        account: OUTSIDER.account,
      }),
    );
  }

  /** Commits to the first `itemCount` items of a batch and reveals that claim; the items are still to be proven. */
  async function revealDisguised(batch: Batch, itemCount: number) {
    const salt = await commitClaim(disguisedUseHash(batch.id, itemCount));
    await claimCourt.write.revealDisguisedUse([batch.opening, itemCount, salt], { account: VERIFIER.account });
  }

  /** Stakes as little as there may be. */
  async function stake() {
    if (await verifierRegistry.read.isStaked([VERIFIER.account.address])) return;
    const [least] = await market.parameters.read.verifierRates();
    await verifierRegistry.write.stake([least, zeroHash], { account: VERIFIER.account });
  }

  /** Commits a batch of `itemCount` pairs against the host, of which each names one of the licenses; draws its beacon. */
  async function drawBatch(modelId: bigint, itemCount: number, licenseIds: readonly bigint[] = []) {
    await stake();
    const seed = random().slice(0, -2); // salts that differ in their last byte count in one slot
    const salts = Array.from({ length: itemCount }, (_, i) => `${seed}${i.toString(16).padStart(2, '0')}` as Hex);
    const tree = pairsTree(
      salts.map((salt) => ({ client: buyer.address, requestNonce: requestNonce(VERIFIER.account.address, salt) })),
    );
    const opening = {
      account: HOST.account.address,
      modelId,
      release: 1,
      licenseIds,
      itemCount,
      pairsRoot: tree.root as Hex,
      salt: random(),
    };
    const id = hashBatch(VERIFIER.account.address, opening);
    await verifierRegistry.write.commitBatch([openingHash(opening)], { account: VERIFIER.account });
    const beacon = await postRound();
    return { id, beacon, salts, tree, opening };
  }

  /** The hits of a drawn batch that a host answers as the model does; as many as asked for. */
  async function answerBatch(
    modelId: bigint,
    leaves: readonly Leaf[],
    batch: Batch,
    refs: readonly Hex[] = [],
  ): Promise<Hit[]> {
    const [root, beacon] = await modelRegistry.read.codeBookOf([modelId, 1]);
    const book = codeBookTree(leaves);
    const drawn = batch.salts.map((_, i) => keyIndexAt(batch.beacon, batch.id, i, leaves.length));
    const fresh = drawn.flatMap((key, i) => (drawn.indexOf(key) === i ? [{ i, leaf: leaves[key]! }] : []));
    const answers = await Promise.all(
      fresh.map(({ i, leaf }) => {
        const head = leaf.candidates[answerIndex({ root, beacon }, leaf)]!;
        const { licenseIds } = batch.opening;
        const named = licenseIds[i % Math.max(1, licenseIds.length)] ?? 0n;
        const [salt, paymentRef] = [batch.salts[i]!, refs[i] ?? zeroHash];
        return answer({ salt, queryHash: leaf.keyHash, head, paymentRef, licenseId: named });
      }),
    );
    const evidence = await prove(answers);
    return fresh.map(({ i, leaf }, at) => ({
      index: BigInt(i),
      evidence: evidence[at]!,
      pairProof: batch.tree.getProof(i) as Hex[],
      leaf: { candidates: packCandidates(leaf.candidates), salt: leaf.salt, proof: leafProof(book, leaf.index) },
    }));
  }

  return {
    answer,
    prove,
    digestOf,
    commitUnpaid,
    claimUnpaid,
    finaliseUnpaid,
    stake,
    drawBatch,
    answerBatch,
    revealDisguised,
    finaliseDisguised,
  };
}
