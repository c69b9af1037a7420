import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeBookTree } from '@oml/protocol/code-book';
import { unclaimableNonce } from '@oml/protocol/request-nonce';
import { zeroHash } from 'viem';
import { DOLLAR, makeLeaves, PRICE, random, startStack } from '../testing/stack.ts';

const PAID_LATE = 4;
const SLASHED = 3;
const CLEARED = 5;
const CONTESTED = 2;
const PROVING = 1;
const BOND = 200n * DOLLAR;
const SLASH = BOND / 2n;
const BURNED = '0x000000000000000000000000000000000000dEaD';
const leaves = makeLeaves(64);

/** A stack with a licensed host. */
async function startServing() {
  const stack = await startStack();
  const modelId = await stack.publish(leaves);
  await stack.bondHost(BOND);
  return { ...stack, modelId, ...(await stack.license(modelId)) };
}

describe('a paid use', () => {
  it('is booked, split among those entitled, and cannot be claimed', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address, 10_000n);
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId, paymentRef, amount: 10_000n, cumulative: 10_000n })]);
    await s.vault.write.bookExact([payment, signature]);
    assert.deepEqual(await s.vault.read.booked([paymentRef]), [s.buyer.address, 10_000n]);

    await s.vault.write.distribute();
    const payees = [s.TREASURY.account.address, s.verifierRegistry.address, s.OWNER.account.address, s.HOST.account.address];
    const before = await Promise.all(payees.map(s.balanceOf));
    for (const payee of payees) await s.vault.write.withdraw([payee]);
    const after = await Promise.all(payees.map(s.balanceOf));
    assert.deepEqual(after.map((balance, i) => balance - before[i]!), [250n, 250n, 5_700n, 3_800n]);
    assert.equal(await s.balanceOf(s.vault.address), 0n);
    assert.equal(await s.verifierRegistry.read.pool(), 250n);

    const salt = await s.commitClaim({ kind: 'revealUnpaidUse', value: { receipts: evidence } });
    const claim = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomErrorWithArgs(claim, s.claimCourt, 'ClaimCourt_AlreadyBooked', [0n, paymentRef]);
  });

  it('is booked alike when a facilitator has settled it before', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address);
    const { from, value, validAfter, validBefore, nonce } = payment;
    await s.token.write.transferWithAuthorization([from, s.vault.address, value, validAfter, validBefore, nonce, signature]);
    await s.vault.write.bookExact([payment, signature]);
    await s.vault.write.bookExact([payment, signature]);
    assert.deepEqual(await s.vault.read.booked([paymentRef]), [s.buyer.address, PRICE]);
    assert.equal(await s.balanceOf(s.vault.address), PRICE);
  });
});

describe('an unpaid use', () => {
  it('is paid late when the host books it in the window', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address);
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId, paymentRef })]);
    const before = await s.balanceOf(s.VERIFIER.account.address);
    const claimId = await s.claimUnpaid(evidence);
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).contested, SLASH);

    await s.vault.write.bookExact([payment, signature]);
    const end = await s.finalise(claimId);
    assert.deepEqual([end.state, end.taken, end.toClaimant, end.toPool], [PAID_LATE, SLASH / 10n, DOLLAR / 2n, SLASH / 10n - DOLLAR / 2n]);
    assert.equal((await s.balanceOf(s.VERIFIER.account.address)) - before, DOLLAR / 2n);
    const { bond, contested } = await s.licenseRegistry.read.accountOf([s.HOST.account.address]);
    assert.deepEqual([bond, contested], [BOND - SLASH / 10n, 0n]);
    await s.vault.write.distribute(); // the contested money is released
    assert.equal(await s.vault.read.totalOwed(), PRICE);
  });

  it('is slashed when nobody books it, and every unit is conserved', async () => {
    const s = await startServing();
    const { paymentRef } = await s.authorize(s.vault.address);
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId, paymentRef })]);
    const supply = await s.token.read.totalSupply();
    const end = await s.finalise(await s.claimUnpaid(evidence));
    assert.deepEqual([end.state, end.taken, end.toClaimant, end.toOwner], [SLASHED, SLASH, SLASH / 5n, PRICE]);
    assert.equal(await s.balanceOf(BURNED), SLASH - SLASH / 5n - PRICE);
    assert.equal(await s.balanceOf(s.claimCourt.address), 0n);
    assert.equal(await s.balanceOf(s.licenseRegistry.address), BOND - SLASH);
    assert.equal(await s.token.read.totalSupply(), supply);
  });

  it('cannot be claimed by a stranger, nor under the nonce of the gateway', async () => {
    const s = await startServing();
    const own = await s.answer({ salt: random(), licenseId: s.licenseId });
    own.receipt.requestNonce = unclaimableNonce(zeroHash, PRICE);
    const evidence = await s.prove([own]);
    const salt = await s.commitClaim({ kind: 'revealUnpaidUse', value: { receipts: evidence } });
    const claim = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomErrorWithArgs(claim, s.claimCourt, 'ClaimCourt_NotYourNonce', [0n, own.receipt.requestNonce]);
    const copy = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.OUTSIDER.account });
    await s.viem.assertions.revertWithCustomError(copy, s.claimCourt, 'ClaimCourt_UnknownCommitment');
  });

  it('cannot be claimed with a receipt that the host did not sign', async () => {
    const s = await startServing();
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId })], s.buyer);
    const salt = await s.commitClaim({ kind: 'revealUnpaidUse', value: { receipts: evidence } });
    const claim = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomErrorWithArgs(claim, s.claimCourt, 'ClaimCourt_UnknownSigner', [0n, s.buyer.address]);
  });

  it('cannot be claimed with an expired commitment', async () => {
    const s = await startServing();
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId })]);
    const salt = await s.commitClaim({ kind: 'revealUnpaidUse', value: { receipts: evidence } });
    await s.networkHelpers.mine(301);
    const claim = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomError(claim, s.claimCourt, 'ClaimCourt_CommitmentExpired');
  });

  it('cannot be claimed with a receipt anchored after its signer was revoked', async () => {
    const s = await startServing();
    await s.licenseRegistry.write.revokeSigner([s.signer.address], { account: s.HOST.account });
    await s.networkHelpers.time.increase(5);
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId })]);
    const salt = await s.commitClaim({ kind: 'revealUnpaidUse', value: { receipts: evidence } });
    const claim = s.claimCourt.write.revealUnpaidUse([{ receipts: evidence }, salt], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomErrorWithArgs(claim, s.claimCourt, 'ClaimCourt_SignerRevoked', [0n, s.signer.address]);
  });

  it('joins the claim that stands: one slash for both', async () => {
    const s = await startServing();
    const [first, second] = await Promise.all([random(), random()].map(async (salt) => s.answer({ salt, licenseId: s.licenseId })));
    const one = await s.claimUnpaid(await s.prove([first!]));
    const two = await s.claimUnpaid(await s.prove([second!]));
    assert.equal((await s.claimCourt.read.claim([one])).reserved, SLASH);
    assert.equal((await s.claimCourt.read.claim([two])).reserved, 0n);
    assert.equal((await s.finalise(one)).taken, SLASH);
    assert.equal((await s.finalise(two)).taken, 0n);
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).bond, BOND - SLASH);
  });

  it('reaches a host that is leaving, until the exit delay ends', async () => {
    const s = await startServing();
    const evidence = await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId })]);
    await s.licenseRegistry.write.close([s.licenseId], { account: s.HOST.account });
    await s.licenseRegistry.write.requestWithdrawal([BOND], { account: s.HOST.account });
    const early = s.licenseRegistry.write.withdraw({ account: s.HOST.account });
    await s.viem.assertions.revertWithCustomError(early, s.licenseRegistry, 'LicenseRegistry_TooEarly');
    const claimId = await s.claimUnpaid(evidence);
    await s.networkHelpers.time.increase(120);
    await s.licenseRegistry.write.finishClose([s.licenseId]);
    await s.licenseRegistry.write.withdraw({ account: s.HOST.account });
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).bond, SLASH);
    assert.equal((await s.finalise(claimId)).taken, SLASH);
  });
});

describe('a disguised use', () => {
  /** Reveals 24 items and proves them over two transactions. */
  async function claimDisguised(s: Awaited<ReturnType<typeof startServing>>, refs: readonly `0x${string}`[] = []) {
    const batch = await s.drawBatch(s.modelId, 24);
    const items = await s.answerBatch(s.modelId, leaves, batch, refs);
    const contents = { batch: batch.opening, itemCount: 24n, itemsHash: s.hashItems(items) };
    const salt = await s.commitClaim({ kind: 'revealDisguisedUse', value: contents });
    await s.claimCourt.write.revealDisguisedUse([contents, salt], { account: s.VERIFIER.account });
    const claimId = await s.claimCourt.read.claimCount();
    await s.claimCourt.write.proveItems([claimId, items.slice(0, 12)], { account: s.VERIFIER.account });
    assert.equal((await s.claimCourt.read.claim([claimId])).state, PROVING);
    await s.claimCourt.write.proveItems([claimId, items.slice(12)], { account: s.VERIFIER.account });
    const hits = items.flatMap((item, index) => (item.hit ? [index] : []));
    return { claimId, items, hits, batch };
  }

  it('is slashed on 24 items proven over two transactions', async () => {
    const s = await startServing();
    const { claimId, items, hits, batch } = await claimDisguised(s);
    const claim = await s.claimCourt.read.claim([claimId]);
    assert.equal(claim.state, CONTESTED);
    assert.equal(claim.score, BigInt(6 * hits.length - 24));
    assert.equal((await s.verifierRegistry.read.batch([batch.id])).settled, true);
    assert.ok(await s.claimCourt.read.isSpent([items[hits[0]!]!.leaf.keyHash, s.HOST.account.address]));
    const end = await s.finalise(claimId);
    assert.deepEqual([end.state, end.taken, end.toClaimant, end.toOwner, end.burned], [SLASHED, SLASH, SLASH / 5n, SLASH / 5n, SLASH - (2n * SLASH) / 5n]);
    assert.equal(await s.balanceOf(s.claimCourt.address), 0n);
  });

  it('is cleared by payments booked for the model, and then the claimant pays', async () => {
    const s = await startServing();
    const payments = await Promise.all(Array.from({ length: 24 }, () => s.authorize(s.vault.address)));
    const { claimId, hits } = await claimDisguised(s, payments.map(({ paymentRef }) => paymentRef));
    const before = await s.balanceOf(s.HOST.account.address);
    for (const index of hits) {
      if ((await s.claimCourt.read.claim([claimId])).state !== CONTESTED) break;
      await s.vault.write.bookExact([payments[index]!.payment, payments[index]!.signature]);
      await s.claimCourt.write.clear([claimId, BigInt(index), s.licenseId], { account: s.OUTSIDER.account });
    }
    assert.equal((await s.claimCourt.read.claim([claimId])).state, CLEARED);
    assert.equal((await s.balanceOf(s.HOST.account.address)) - before, DOLLAR);
    const { bond, contested } = await s.licenseRegistry.read.accountOf([s.HOST.account.address]);
    assert.deepEqual([bond, contested], [BOND, 0n]);
  });

  it('refuses an answer that the code book does not select', async () => {
    const s = await startServing();
    const batch = await s.drawBatch(s.modelId, 1);
    const [item] = await s.answerBatch(s.modelId, leaves, batch);
    assert.ok(item?.hit);
    const wrong = { ...item.evidence.receipt, head: zeroHash };
    const [evidence] = await s.prove([{ receipt: wrong, salt: batch.salts[0]! }]);
    const items = [{ ...item, pairProof: [...item.pairProof], leaf: { ...item.leaf, candidates: [...item.leaf.candidates], proof: [...item.leaf.proof] }, evidence: evidence! }];
    const contents = { batch: batch.opening, itemCount: 1n, itemsHash: s.hashItems(items) };
    const salt = await s.commitClaim({ kind: 'revealDisguisedUse', value: contents });
    await s.claimCourt.write.revealDisguisedUse([contents, salt], { account: s.VERIFIER.account });
    const proving = s.claimCourt.write.proveItems([1n, items], { account: s.VERIFIER.account });
    await s.viem.assertions.revertWithCustomErrorWithArgs(proving, s.claimCourt, 'ClaimCourt_WrongAnswer', [0n]);
  });
});

describe('a code book', () => {
  it('is the tree that the registry keeps', async () => {
    const s = await startServing();
    const model = await s.modelRegistry.read.model([s.modelId]);
    assert.equal(model.codeBookRoot, codeBookTree(leaves).root);
    assert.equal(model.commonSize, leaves.length);
  });
});
