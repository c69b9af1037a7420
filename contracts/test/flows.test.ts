import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeBookTree } from '@oml/protocol/evidence/code-book';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { zeroHash, type Hex } from 'viem';
import type { Hit } from '../testing/claim-steps.ts';
import { makeLeaves } from '../testing/leaves.ts';
import { DOLLAR, PRICE } from '../testing/market.ts';
import { random } from '../testing/random.ts';
import { startStack } from '../testing/stack.ts';

const [PROVING, CONTESTED, SLASHED, PAID_LATE] = [1, 2, 3, 4];
const BOND = 200n * DOLLAR;
const SLASH = BOND / 2n;
const CLAIM_COST = DOLLAR / 2n;
const BURNED = '0x000000000000000000000000000000000000dEaD';
const leaves = makeLeaves(64);

/** A stack with a licensed host. */
async function startServing() {
  const stack = await startStack();
  const modelId = await stack.publish(leaves);
  await stack.bondHost(BOND);
  return { ...stack, modelId, ...(await stack.license(modelId)) };
}

type Stack = Awaited<ReturnType<typeof startServing>>;

/** Evidence of one answer that names the host's license, unless `changes` say otherwise. */
async function proveOne(s: Stack, changes: Partial<Parameters<Stack['answer']>[0]> = {}, by = s.signer) {
  return (await s.prove([await s.answer({ salt: random(), licenseId: s.licenseId, ...changes })], by))[0]!;
}

const balancesOf = (s: Stack, payees: readonly `0x${string}`[]) => Promise.all(payees.map(s.balanceOf));

describe('a paid use', () => {
  it('is booked, split among those entitled, and cannot be claimed', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address, 10_000n);
    const evidence = await proveOne(s, { paymentRef, amount: 10_000n, cumulative: 10_000n });
    await s.vault.write.bookExact([payment, signature]);
    assert.equal(await s.vault.read.booked([paymentRef, s.buyer.address]), 10_000n);

    await s.vault.write.distribute();
    const payees = [
      s.TREASURY.account.address,
      s.inspectionPools.address,
      s.OWNER.account.address,
      s.HOST.account.address,
    ];
    const before = await balancesOf(s, payees);
    for (const payOut of [s.vault.write.payProtocol, s.vault.write.payOwner, s.vault.write.payHost]) await payOut();
    const after = await balancesOf(s, payees);
    assert.deepEqual(
      after.map((balance, i) => balance - before[i]!),
      [250n, 250n, 5_700n, 3_800n],
    );
    assert.equal(await s.balanceOf(s.vault.address), 0n);
    assert.equal(await s.inspectionPools.read.poolOf([s.modelId]), 250n);

    const reveal = await s.commitUnpaid(evidence);
    const digest = s.digestOf(evidence.signed.receipt);
    await s.viem.assertions.revertWithCustomErrorWithArgs(reveal(), s.claimCourt, 'ClaimCourt_AlreadyBooked', [
      digest,
      paymentRef,
    ]);
  });

  it('is booked alike when a facilitator has settled it before', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address);
    const { from, value, validAfter, validBefore, nonce } = payment;
    await s.token.write.transferWithAuthorization([
      from,
      s.vault.address,
      value,
      validAfter,
      validBefore,
      nonce,
      signature,
    ]);
    await s.vault.write.bookExact([payment, signature]);
    await s.vault.write.bookExact([payment, signature]);
    assert.equal(await s.vault.read.booked([paymentRef, s.buyer.address]), PRICE);
    assert.equal(await s.balanceOf(s.vault.address), PRICE);
  });
});

describe('an unpaid use', () => {
  it('is paid late when the host books it in the window', async () => {
    const s = await startServing();
    const { payment, signature, paymentRef } = await s.authorize(s.vault.address);
    const evidence = await proveOne(s, { paymentRef });
    const before = await s.claimCourt.read.balanceOf([s.VERIFIER.account.address]);
    await s.claimUnpaid(evidence);
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).contested, SLASH);

    await s.vault.write.bookExact([payment, signature]);
    const end = await s.finaliseUnpaid(evidence);
    const fee = 100n * PRICE;
    assert.deepEqual(
      [end.state, end.taken, end.toClaimant, end.burned],
      [PAID_LATE, fee, CLAIM_COST, fee - CLAIM_COST],
    );
    const paid = (await s.claimCourt.read.balanceOf([s.VERIFIER.account.address])) - before;
    // the bond is back, and its costs
    assert.equal(paid + (await s.balanceOf(s.VERIFIER.account.address)), 990n * DOLLAR + CLAIM_COST);
    const { bond, contested } = await s.licenseRegistry.read.accountOf([s.HOST.account.address]);
    assert.deepEqual([bond, contested], [BOND - fee, 0n]);
    await s.vault.write.distribute(); // the contested money is split
    assert.equal((await s.vault.read.buckets()).host, 1_900n);
  });

  it('is slashed when nobody books it, and every unit is conserved', async () => {
    const s = await startServing();
    const { paymentRef } = await s.authorize(s.vault.address);
    const evidence = await proveOne(s, { paymentRef });
    const supply = await s.token.read.totalSupply();
    await s.claimUnpaid(evidence);
    const end = await s.finaliseUnpaid(evidence);
    assert.deepEqual([end.state, end.taken, end.toClaimant, end.toOwner], [SLASHED, SLASH, SLASH / 5n, PRICE]);
    const fee = await s.parameters.read.codeBookFee(); // of the one code book
    assert.equal((await s.balanceOf(BURNED)) - fee, SLASH - SLASH / 5n - PRICE);
    assert.equal(
      await s.balanceOf(s.claimCourt.address),
      await s.claimCourt.read.balanceOf([s.VERIFIER.account.address]),
    );
    assert.equal(await s.balanceOf(s.licenseRegistry.address), BOND - SLASH);
    assert.equal(await s.token.read.totalSupply(), supply);
  });

  it('cannot be claimed by a stranger, nor under the nonce of the gateway', async () => {
    const s = await startServing();
    const requestNonce = unclaimableNonce(zeroHash, PRICE);
    const evidence = await proveOne(s, { requestNonce });
    const reveal = await s.commitUnpaid(evidence);
    await s.viem.assertions.revertWithCustomErrorWithArgs(reveal(), s.claimCourt, 'ClaimCourt_NotYourNonce', [
      s.digestOf(evidence.signed.receipt),
      requestNonce,
    ]);
    await s.viem.assertions.revertWithCustomError(reveal(s.OUTSIDER), s.claimCourt, 'ClaimCourt_UnknownCommitment');
  });

  it('cannot be claimed with a receipt that the host did not sign', async () => {
    const s = await startServing();
    const evidence = await proveOne(s, {}, s.buyer);
    const reveal = await s.commitUnpaid(evidence);
    await s.viem.assertions.revertWithCustomErrorWithArgs(reveal(), s.claimCourt, 'ClaimCourt_UnknownSigner', [
      s.digestOf(evidence.signed.receipt),
      s.buyer.address,
    ]);
  });

  it('cannot be claimed with an expired commitment', async () => {
    const s = await startServing();
    const reveal = await s.commitUnpaid(await proveOne(s));
    await s.networkHelpers.mine(301);
    await s.viem.assertions.revertWithCustomError(reveal(), s.claimCourt, 'ClaimCourt_CommitmentExpired');
  });

  it('cannot be claimed with a receipt anchored after its signer was revoked', async () => {
    const s = await startServing();
    await s.licenseRegistry.write.revokeSigner([s.signer.address], { account: s.HOST.account });
    await s.networkHelpers.time.increase(5);
    const evidence = await proveOne(s);
    const reveal = await s.commitUnpaid(evidence);
    await s.viem.assertions.revertWithCustomErrorWithArgs(reveal(), s.claimCourt, 'ClaimCourt_SignerRevoked', [
      s.digestOf(evidence.signed.receipt),
      s.signer.address,
    ]);
  });

  it('joins the claim that stands: one slash for both', async () => {
    const s = await startServing();
    const [first, second] = [await proveOne(s), await proveOne(s)];
    await s.claimUnpaid(first);
    await s.claimUnpaid(second);
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).contested, SLASH);
    assert.equal((await s.finaliseUnpaid(first)).taken, SLASH);
    assert.equal((await s.finaliseUnpaid(second)).taken, 0n);
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).bond, BOND - SLASH);
  });

  it('reaches a host that is leaving, until the exit delay ends', async () => {
    const s = await startServing();
    const evidence = await proveOne(s);
    await s.licenseRegistry.write.close([s.licenseId], { account: s.HOST.account });
    await s.licenseRegistry.write.announceExit([BOND], { account: s.HOST.account });
    const early = s.licenseRegistry.write.withdraw({ account: s.HOST.account });
    await s.viem.assertions.revertWithCustomError(early, s.licenseRegistry, 'Exits_TooEarly');
    await s.claimUnpaid(evidence);
    await s.networkHelpers.time.increase(120);
    await s.licenseRegistry.write.finishClose([s.licenseId]);
    await s.licenseRegistry.write.withdraw({ account: s.HOST.account });
    assert.equal((await s.licenseRegistry.read.accountOf([s.HOST.account.address])).bond, SLASH);
    assert.equal((await s.finaliseUnpaid(evidence)).taken, SLASH);
  });
});

describe('a disguised use', () => {
  const ITEMS = 24;

  /** Reveals the items, proves them over two transactions and has the claim admitted. */
  async function claimDisguised(s: Stack, refs: readonly Hex[] = []) {
    const batch = await s.drawBatch(s.modelId, ITEMS);
    const hits = await s.answerBatch(s.modelId, leaves, batch, refs);
    await s.revealDisguised(batch, ITEMS);
    await proveUpTo(s, batch, hits, 0n, 12n);
    assert.equal((await s.claimCourt.read.claim([batch.id])).state, PROVING);
    await proveUpTo(s, batch, hits, 12n, 24n);
    return { hits, batch };
  }

  const proveUpTo = (
    s: Stack,
    batch: Awaited<ReturnType<Stack['drawBatch']>>,
    hits: readonly Hit[],
    from: bigint,
    upTo: bigint,
  ) =>
    s.claimCourt.write.proveItems([batch.opening, upTo, hits.filter(({ index }) => index >= from && index < upTo)], {
      account: s.VERIFIER.account,
    });

  it('is slashed on 24 items proven over two transactions', async () => {
    const s = await startServing();
    const { batch } = await claimDisguised(s);
    assert.equal((await s.claimCourt.read.claim([batch.id])).state, CONTESTED);
    assert.equal((await s.verifierRegistry.read.batch([batch.id])).deposit, 0n); // opened, and paid back
    const end = await s.finaliseDisguised(batch);
    assert.deepEqual(
      [end.state, end.taken, end.toClaimant, end.toOwner, end.burned],
      [SLASHED, SLASH, SLASH / 5n, SLASH / 5n, SLASH - (2n * SLASH) / 5n],
    );
  });

  it('is not bought free by payments booked for the model', async () => {
    const s = await startServing();
    const payments = await Promise.all(Array.from({ length: ITEMS }, () => s.authorize(s.vault.address)));
    const { hits, batch } = await claimDisguised(
      s,
      payments.map(({ paymentRef }) => paymentRef),
    );
    for (const { index } of hits)
      await s.vault.write.bookExact([payments[Number(index)]!.payment, payments[Number(index)]!.signature]);
    assert.equal((await s.finaliseDisguised(batch)).taken, SLASH);
  });

  it('refuses an answer that the code book does not select', async () => {
    const s = await startServing();
    const batch = await s.drawBatch(s.modelId, 1);
    const [hit] = await s.answerBatch(s.modelId, leaves, batch);
    const wrong = { ...hit!.evidence.signed.receipt, head: zeroHash };
    const [evidence] = await s.prove([{ receipt: wrong, salt: batch.salts[0]! }]);
    const hits = [{ ...hit!, evidence: evidence! }];
    await s.revealDisguised(batch, 1);
    await s.viem.assertions.revertWithCustomErrorWithArgs(
      proveUpTo(s, batch, hits, 0n, 1n),
      s.claimCourt,
      'ClaimCourt_WrongAnswer',
      [0n],
    );
  });
});

describe('a code book', () => {
  it('is the tree that the registry keeps', async () => {
    const s = await startServing();
    const [root, , commonSize] = await s.modelRegistry.read.codeBookOf([s.modelId, 1]);
    assert.equal(root, codeBookTree(leaves).root);
    assert.equal(commonSize, leaves.length);
  });
});
