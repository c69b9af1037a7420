import { accountOf } from '@oml/db/accounts';
import { listBatches } from '@oml/db/batches';
import { getClaim } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { counts } from '@oml/db/market';
import { getPool } from '@oml/db/inspection-pools';
import { getLicense } from '@oml/db/licenses';
import { getModel } from '@oml/db/models';
import { listRefusedClaims } from '@oml/db/refused-claims';
import { lookUpReceipt } from '@oml/db/receipts';
import { titleBondOf } from '@oml/db/title-bonds';
import { getVerifier } from '@oml/db/verifiers';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import type { Address, TransactionReceipt } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookOf, proveDisguise } from '../test-support/disguise.ts';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { HOST, OWNER, VERIFIER, type InstantChain } from '../test-support/instant-chain.ts';
import { PRICE } from '../test-support/owner-story.ts';
import type { Proven, Story } from '../test-support/story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import { findRevert } from './chain/find-revert.ts';
import type { Indexer } from './indexer.ts';

const MILLION = 1_000_000n;
const huge = 2n ** 256n - 1n;

let world: World;
let chain: InstantChain;
let story: Story;
let db: Database;
let indexer: Indexer;
let model: bigint;
let license: { licenseId: bigint; vault: Address };

beforeAll(async () => {
  world = await startWorld();
  ({ chain, story, db, indexer } = world);
  model = await story.publish();
  await story.depositBond(200n * MILLION);
  await story.bindSigner();
  license = await story.license(model);
  await story.book(license.vault);
  await story.distribute(license.vault);
  await story.vault(license.vault, 'payHost');
}, 600_000);
afterAll(() => world?.stop());

describe('claims in the index', { timeout: 600_000 }, () => {
  let late: Proven;

  it('tell a slashed one from its anchor and commitment to its end', async () => {
    await story.stake();
    const proven = await story.evidence(license.licenseId);
    const claimId = proven.digest;
    const reveal = await story.accuse(proven);
    await catchUp(indexer);
    expect(await getClaim(db, claimId)).toMatchObject({
      state: 'contested',
      reach: 100n * MILLION,
      reserved: 100n * MILLION,
      answerBy: expect.any(Date),
    });
    expect(await accountOf(db, HOST.address)).toMatchObject({ bond: 200n * MILLION, contested: 100n * MILLION });

    // By the receipt's digest, which names the claim of one receipt, and by its payment.
    for (const hash of [proven.digest, proven.evidence.signed.receipt.paymentRef])
      expect(await lookUpReceipt(db, hash)).toMatchObject({
        bookings: [],
        claims: [{ claimId, state: 'contested', digests: [proven.digest] }],
      });

    await story.finalise(proven);
    await catchUp(indexer);
    const claim = (await getClaim(db, claimId))!;
    expect(claim).toMatchObject({
      offence: 'unpaid-use',
      state: 'slashed',
      claimant: VERIFIER.address,
      account: HOST.address,
      modelId: model,
      licenseId: license.licenseId,
      uses: [
        {
          vault: license.vault,
          paymentRef: proven.evidence.signed.receipt.paymentRef,
          client: proven.evidence.signed.receipt.client,
          cumulative: PRICE,
        },
      ],
      taken: 100n * MILLION,
      toClaimant: 20n * MILLION,
      toOwner: PRICE,
    });
    expect(claim.taken).toBe(claim.toClaimant + claim.toOwner + claim.burned);
    expect(claim.timeline.map(({ name }) => name)).toEqual([
      'ReceiptsAnchored',
      'ClaimCommitted',
      'UnpaidUseClaimed',
      'ClaimFinalised',
    ]);
    expect(claim.timeline[2]).toMatchObject({
      tx: reveal.transactionHash,
      args: { claimId, account: HOST.address, bond: '1000000' },
    });
    expect(await accountOf(db, HOST.address)).toMatchObject({
      bond: 100n * MILLION,
      contested: 0n,
      slashed: 100n * MILLION,
      lateFees: 0n,
    });
    expect(await getVerifier(db, VERIFIER.address)).toMatchObject({
      stake: 40n * MILLION,
      claimsWon: 1,
      claimsLost: 0,
      rewards: 20n * MILLION,
    });
    // What ended unbooked suspends the license, until it is booked and the account is covered.
    expect(await counts(db)).toMatchObject({ models: 1, hosts: 0, uses: 1, claims: 1, slashed: 100n * MILLION });
    await story.book(license.vault, { nonce: proven.nonce });
    await story.court('cure', [[proven.evidence.signed.receipt]]);
    await catchUp(indexer);
    expect(await counts(db)).toMatchObject({ hosts: 1, uses: 2 });
    expect(await lookUpReceipt(db, proven.evidence.signed.receipt.paymentRef)).toMatchObject({
      bookings: [{ vault: license.vault, licenseId: license.licenseId, total: PRICE }],
      claims: [{ claimId, state: 'slashed' }],
    });
    expect(await lookUpReceipt(db, `0x${'77'.repeat(32)}`)).toBeUndefined();
    expect((await getClaim(db, claimId))!.timeline.map(({ name }) => name).slice(-2)).toEqual(['Booked', 'ClaimCured']);
  });

  it('show the booking that answered them, and the late fee', async () => {
    late = await story.evidence(license.licenseId);
    await story.accuse(late);
    await story.book(license.vault, { nonce: late.nonce });
    await story.finalise(late);
    await catchUp(indexer);
    const claim = (await getClaim(db, late.digest))!;
    expect(claim.state).toBe('paid-late');
    expect(claim.timeline.map(({ name }) => name).slice(-2)).toEqual(['Booked', 'ClaimFinalised']);
    expect(await accountOf(db, HOST.address)).toMatchObject({
      contested: 0n,
      slashed: 100n * MILLION,
      lateFees: claim.taken,
      bond: 100n * MILLION - claim.taken,
    });
  });

  it('tell one of disguised use from its batch to the slash, whatever is booked meanwhile', async () => {
    const book = bookOf(1);
    const marked = await story.publish({ codeBook: book.codeBook, bond: MILLION });
    const child = await story.publish({ bond: MILLION, parents: [{ modelId: marked, licenseId: 0n }] });
    const hidden = await story.license(child);
    const { claimId, batch, nonce, receipt } = await proveDisguise(chain, story, marked, book);
    await catchUp(indexer);
    const { chainId, contracts } = chain.deployment;
    const hit = receiptDigest(receipt, { chainId, court: contracts.claimCourt });
    expect(await lookUpReceipt(db, hit)).toMatchObject({ bookings: [], claims: [{ claimId, digests: [hit] }] });
    expect(await getClaim(db, claimId)).toMatchObject({
      offence: 'disguised-use',
      state: 'contested',
      modelId: marked,
      licenseId: 0n,
      itemCount: 1,
      itemsProven: 1,
      score: 4,
      needed: 3, // one more for the second code book
    });
    await story.book(hidden.vault, { nonce });
    await chain.mine(8);
    await story.court('finaliseDisguisedUse', [VERIFIER.address, batch]);
    await catchUp(indexer);
    const claim = (await getClaim(db, claimId))!;
    expect(claim).toMatchObject({ state: 'slashed', score: 4, taken: claim.reach });
    expect(claim.timeline.map(({ name }) => name)).toEqual([
      'BatchCommitted',
      'ReceiptsAnchored',
      'ClaimCommitted',
      'DisguisedUseClaimed',
      'ItemsProven',
      'ClaimAdmitted',
      'ClaimFinalised',
    ]);
    expect(await accountOf(db, HOST.address)).toMatchObject({ contested: 0n });
    expect(await getVerifier(db, VERIFIER.address)).toMatchObject({ claimsLost: 0 });
  });

  it('follow a title bond', async () => {
    await story.postTitle(model, 60n * MILLION);
    await catchUp(indexer);
    expect(await titleBondOf(db, model)).toEqual({ bond: 60n * MILLION, reserved: 0n });
    await story.titles('reserve', HOST, [license.licenseId]);
    await story.titles('announceExit', OWNER, [model, 59n * MILLION]);
    await catchUp(indexer);
    const cover = 25n * MILLION; // the slash of what the terms reserve
    expect(await getLicense(db, license.licenseId)).toMatchObject({ titleCover: cover });
    expect(await titleBondOf(db, model)).toMatchObject({
      bond: 60n * MILLION,
      reserved: cover,
      exit: { amount: 59n * MILLION },
    });
  });

  it('keep one that the court refused: function, error, arguments, and whom it was against', async () => {
    const paidFor = await story.evidence(license.licenseId);
    await story.book(license.vault, { nonce: paidFor.nonce });
    const reveal = await story.accuse(paidFor);
    expect(reveal.status).toBe('reverted');
    await catchUp(indexer);
    expect(await listRefusedClaims(db, { account: HOST.address })).toMatchObject([
      {
        tx: reveal.transactionHash,
        blockNumber: reveal.blockNumber,
        from: VERIFIER.address,
        functionName: 'revealUnpaidUse',
        errorName: 'ClaimCourt_AlreadyBooked',
        errorArgs: { digest: paidFor.digest, paymentRef: paidFor.evidence.signed.receipt.paymentRef },
        account: HOST.address,
        licenseId: license.licenseId,
        modelId: model,
      },
    ]);
    const over = { errorName: 'ClaimCourt_WrongState', errorArgs: { claimId: late.digest, state: '4' } };
    await refusalOf(await story.court('finaliseUnpaidUse', story.ending(late), true), {
      functionName: 'finaliseUnpaidUse',
      ...over,
      account: HOST.address,
      licenseId: license.licenseId,
    });
    const [receipt, claimant, salt] = story.ending(late);
    const unknown = [[{ ...(receipt as object[])[0], licenseId: huge }], claimant, salt];
    await refusalOf(await story.court('finaliseUnpaidUse', unknown, true), {
      functionName: 'finaliseUnpaidUse',
      errorName: 'ClaimCourt_WrongState',
      licenseId: huge,
    });
  });

  const refusalOf = async (receipt: TransactionReceipt, expected: object) => {
    await catchUp(indexer);
    const refused = await listRefusedClaims(db);
    expect(refused.find(({ tx }) => tx === receipt.transactionHash)).toMatchObject(expected);
  };

  it('find the same reason on a node that does not trace', async () => {
    const [refused] = await listRefusedClaims(db, { account: HOST.address });
    const { hash, from, to, input, value, gas, blockNumber } = await chain.publicClient.getTransaction({
      hash: refused!.tx,
    });
    const request = (call: { method: string }) =>
      call.method.startsWith('debug_')
        ? Promise.reject(new Error('the method does not exist'))
        : chain.publicClient.request(call as never);
    const plain = { ...chain.publicClient, request } as typeof chain.publicClient;
    expect(
      await findRevert(plain, { hash, from, to: to!, input, value, gas, blockNumber: blockNumber! }),
    ).toMatchObject({ errorName: refused!.errorName, errorArgs: refused!.errorArgs });
  });

  it('follow batches, and licenses on their way out', async () => {
    const batchId = await story.batch(model);
    await story.close(license.licenseId);
    await catchUp(indexer);
    expect(await listBatches(db, { verifier: VERIFIER.address })).toMatchObject([
      {
        batchId,
        number: 2,
        state: 'opened',
        account: HOST.address,
        modelId: model,
        release: 1,
        itemCount: 1,
        deposit: MILLION,
        paid: 100_000n,
      },
      { number: 1, state: 'opened' },
    ]);
    expect(await getPool(db, model)).toBe(50_000n);
    expect(await getLicense(db, license.licenseId)).toMatchObject({ state: 'closing' });
    expect(await getModel(db, model)).toMatchObject({ hostCount: 0 });
  });

  it('are the same rows when everything is read from block zero, in ranges of another size', async () => {
    await chain.mine(120);
    await catchUp(indexer);
    const fresh = await world.freshIndex();
    await catchUp(fresh.indexer);
    const rows = await rowsOf(db);
    expect(await rowsOf(fresh.db)).toEqual(rows);
    // Those are lived through in reports.test.ts, blames.test.ts and measurements.test.ts.
    const { report: _, committee: __, name: ___, blame: ____, measurement: _____, ...ofClaims } = rows;
    for (const [table, found] of Object.entries(ofClaims)) expect(found.length, table).toBeGreaterThan(0);
  });
});
