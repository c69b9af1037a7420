import { getClaim } from '@oml/db/claims';
import { listRefusedClaims } from '@oml/db/refused-claims';
import type { Database } from '@oml/db/client';
import { accountOf } from '@oml/db/accounts';
import { listBookings } from '@oml/db/bookings';
import { listDistributions } from '@oml/db/distributions';
import { getLicense } from '@oml/db/licenses';
import { getModel } from '@oml/db/models';
import { counts } from '@oml/db/counts';
import { indexStatus } from '@oml/db/cursor';
import { startMigratedPostgres, type MigratedPostgres } from '@oml/db/test-support/database';
import { titleBondOf } from '@oml/db/title-bonds';
import { listBatches } from '@oml/db/batches';
import { getVerifier } from '@oml/db/verifiers';
import {
  concatHex,
  encodeAbiParameters,
  encodeEventTopics,
  pad,
  toHex,
  type Address,
  type Hex,
  type TransactionReceipt,
} from 'viem';
import { revenueVaultAbi } from '@oml/contracts/abis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUYER,
  HOST,
  HOST_SIGNER,
  OUTSIDER,
  OWNER,
  startDevChain,
  VERIFIER,
  type DevChain,
} from '../test-support/dev-chain.ts';
import { bookOf, proveDisguise } from '../test-support/disguise.ts';
import { catchUp, openIndex, quiet, rowsOf } from '../test-support/index-of.ts';
import { PRICE, Story, type Proven } from '../test-support/story.ts';
import { findRevert } from './chain/find-revert.ts';
import { createIndexer, type Indexer } from './indexer.ts';

const MILLION = 1_000_000n;
const huge = 2n ** 256n - 1n;

let postgres: MigratedPostgres;
let chain: DevChain;
let story: Story;
let db: Database;
let indexer: Indexer;
const opened: Database[] = [];

async function freshIndex() {
  const index = openIndex(chain, await postgres.create());
  opened.push(index.db);
  return index;
}

beforeAll(async () => {
  postgres = await startMigratedPostgres();
  chain = await startDevChain();
  story = new Story(chain);
  ({ db, indexer } = await freshIndex());
}, 600_000);
afterAll(async () => {
  await Promise.all(opened.map((database) => database.$disconnect()));
  await chain?.stop();
  await postgres?.stop();
});

describe('the indexer', { timeout: 600_000 }, () => {
  let model: bigint;
  let license: { licenseId: bigint; vault: Address };
  let paid: Hex;
  let late: Proven;

  it('turns a model, a license and its bookings into rows, all out of one range', async () => {
    model = await story.publish({ uri: 'http://publisher.test' });
    await story.depositBond(200n * MILLION);
    await story.bindSigner();
    license = await story.license(model, { endpoint: 'http://host.test' });
    const ref = await story.book(license.vault);
    paid = await story.book(license.vault, { value: 3n * PRICE });
    await story.distribute(license.vault);
    await story.vault(license.vault, 'payHost');
    expect(await indexer.step()).toBe(false);

    expect(await getModel(db, model)).toMatchObject({
      modelId: model,
      owner: OWNER.address,
      agent: OWNER.address,
      uri: 'http://publisher.test',
      commonSize: 64,
      size: 256,
      bits: 4,
      parents: [],
      hasDemo: false,
      offers: { serve: { price: PRICE, bond: 50n * MILLION, ownerShareBps: 4000, slashBps: 5000, mode: 0 } },
      hostCount: 1,
      useCount: 2,
      revenue: 4n * PRICE,
    });
    expect(await getLicense(db, license.licenseId)).toMatchObject({
      modelId: model,
      account: HOST.address,
      vault: license.vault,
      state: 'active',
      kind: 'serve',
      delivered: 1,
      activated: 1,
      endpoint: 'http://host.test',
      reserved: 50n * MILLION,
      leakBond: 0n,
      bookedCount: 2,
      bookedTotal: 4n * PRICE,
      distributed: 4n * PRICE,
    });
    const bookings = await listBookings(db, { client: BUYER.address });
    expect(bookings.map(({ paymentRef, total }) => [paymentRef, total])).toEqual([
      [paid, 3n * PRICE],
      [ref, PRICE],
    ]);
    const [split] = await listDistributions(db, { licenseId: license.licenseId });
    expect(split!.protocolFee + split!.pool + split!.lineage + split!.owner + split!.host).toBe(split!.gross);
    expect(await accountOf(db, HOST.address)).toMatchObject({
      bond: 200n * MILLION,
      contested: 0n,
      signers: [{ signer: HOST_SIGNER.address }],
    });
    expect(await indexStatus(db)).toEqual({
      chainId: 31337,
      indexedBlock: await chain.publicClient.getBlockNumber(),
      indexedAt: new Date(Number(await chain.now()) * 1000),
    });
  });

  it('raises a booking whose payer signed more under one nonce, without counting a second use', async () => {
    const nonce = pad('0xabc', { size: 32 });
    const ref = await story.book(license.vault, { nonce, value: PRICE });
    const before = await getLicense(db, license.licenseId);
    await story.book(license.vault, { nonce, value: 5n * PRICE });
    await catchUp(indexer);
    const after = await getLicense(db, license.licenseId);
    expect(after!.bookedCount - before!.bookedCount).toBe(1);
    expect(after!.bookedTotal - before!.bookedTotal).toBe(5n * PRICE);
    expect((await listBookings(db, {}))[0]).toMatchObject({ paymentRef: ref, total: 5n * PRICE });
  });

  it('tells a slashed claim from its anchor and commitment to its end', async () => {
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
      taken: 100n * MILLION,
      fromTitle: 0n,
      toClaimant: 20n * MILLION,
      toOwner: PRICE,
    });
    expect(claim.taken).toBe(claim.toClaimant + claim.toOwner + claim.toPool + claim.burned);
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
    expect(await counts(db)).toMatchObject({ models: 1, hosts: 1, uses: 3, claims: 1, slashed: 100n * MILLION });
  });

  it('shows in a claim the booking that answered it, and the late fee', async () => {
    late = await story.evidence(license.licenseId);
    await story.accuse(late);
    await story.book(license.vault, { nonce: late.nonce });
    await story.court('cure', story.ending(late));
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

  it('tells a claim of disguised use from its batch to the booking that cleared it', async () => {
    const book = bookOf(1);
    const marked = await story.publish({ codeBook: book.codeBook, bond: MILLION });
    const child = await story.publish({ bond: MILLION, parents: [{ modelId: marked, licenseId: 0n }] });
    const hidden = await story.license(child);
    const { claimId, open, receipt, nonce } = await proveDisguise(chain, story, marked, book);
    await catchUp(indexer);
    expect(await getClaim(db, claimId)).toMatchObject({
      offence: 'disguised-use',
      state: 'contested',
      modelId: marked,
      licenseId: 0n,
      itemCount: 1,
      itemsProven: 1,
      score: 3,
      needed: 2,
    });
    await story.book(hidden.vault, { nonce });
    await story.court('clear', [open, [{ position: 0n, receipt, licenseId: hidden.licenseId }]]);
    await catchUp(indexer);
    const claim = (await getClaim(db, claimId))!;
    expect(claim).toMatchObject({ state: 'cleared', score: -1, taken: 0n });
    expect(claim.timeline.map(({ name }) => name)).toEqual([
      'BatchCommitted',
      'BatchDrawn',
      'ReceiptsAnchored',
      'ClaimCommitted',
      'DisguisedUseClaimed',
      'HitProven',
      'ItemsProven',
      'ClaimAdmitted',
      'Booked',
      'HitCleared',
      'ClaimFinalised',
    ]);
    expect(await accountOf(db, HOST.address)).toMatchObject({ contested: 0n });
    expect(await getVerifier(db, VERIFIER.address)).toMatchObject({ claimsLost: 1 });
  });

  it('follows a title bond from its posting to the slash that it pays', async () => {
    const book = bookOf(2);
    const marked = await story.publish({ codeBook: book.codeBook, bond: MILLION });
    const copy = await story.publish({ bond: MILLION });
    const bought = await story.license(copy);
    await story.postTitle(copy, 60n * MILLION);
    await story.models('transferFrom', [OWNER.address, OUTSIDER.address, copy]);
    const { claimId, open, receipt, nonce } = await proveDisguise(chain, story, marked, book);
    await story.book(bought.vault, { nonce });
    await story.court('chargeTitle', [open, [{ position: 0n, receipt, licenseId: bought.licenseId }]]);
    await catchUp(indexer);
    const { reach } = (await getClaim(db, claimId))!;
    expect(await getClaim(db, claimId)).toMatchObject({ state: 'contested', titleModelId: copy });
    expect(await titleBondOf(db, copy)).toEqual({ bond: 60n * MILLION, reserved: reach, leaving: 0n });
    await chain.mine(8);
    await story.court('finaliseDisguisedUse', [VERIFIER.address, open.batch]);
    await catchUp(indexer);
    expect(await getClaim(db, claimId)).toMatchObject({ state: 'slashed', taken: 0n, fromTitle: reach });
    expect(await titleBondOf(db, copy)).toEqual({ bond: 60n * MILLION - reach, reserved: 0n, leaving: 0n });
  });

  it('keeps a claim that the court refused: function, error, arguments, and whom it was against', async () => {
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
    const unknown = [{ ...(receipt as object), licenseId: huge }, claimant, salt];
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

  it('finds the same reason on a node that does not trace', async () => {
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

  it('follows batches, and licenses on their way out', async () => {
    const batchId = await story.batch(model);
    await story.close(license.licenseId);
    await catchUp(indexer);
    expect(await listBatches(db, { verifier: VERIFIER.address })).toMatchObject([
      {
        batchId,
        ordinal: 3,
        state: 'opened',
        account: HOST.address,
        modelId: model,
        release: 1,
        itemCount: 1,
        deposit: MILLION,
      },
      { ordinal: 2, state: 'opened' },
      { ordinal: 1, state: 'opened' },
    ]);
    expect(await getLicense(db, license.licenseId)).toMatchObject({ state: 'closing' });
    expect(await getModel(db, model)).toMatchObject({ hostCount: 0 });
  });

  it('takes whatever strangers put on chain: NULs, absurd numbers, look-alike events', async () => {
    const odd = await story.publish({ uri: 'http://\u0000publisher\u0000.test', price: 2n ** 96n - 1n, bond: 1n });
    await story.license(odd, { endpoint: `http://host.test/\u0000${'x'.repeat(5000)}`, deliver: false });
    const before = await db.booking.count();
    await logAsStranger(license.vault);
    await catchUp(indexer);
    expect(await getModel(db, odd)).toMatchObject({
      uri: 'http://\uFFFDpublisher\uFFFD.test',
      offers: { serve: { price: 2n ** 96n - 1n } },
    });
    expect(await db.booking.count()).toBe(before);
  });

  /** A contract of OUTSIDER that logs `Booked` as a vault would. */
  async function logAsStranger(client: Address): Promise<void> {
    const topics = encodeEventTopics({
      abi: revenueVaultAbi,
      eventName: 'Booked',
      args: { paymentRef: pad('0x1', { size: 32 }), client, booker: client },
    }) as Hex[];
    const total = encodeAbiParameters([{ type: 'uint256' }], [huge]);
    const push32 = (word: Hex): Hex => concatHex(['0x7f', word]);
    const code = concatHex([push32(total), '0x5f52', ...topics.toReversed().map(push32), '0x60205fa4']);
    const hash = await chain.testClient.request({
      method: 'eth_sendTransaction' as never,
      params: [{ from: OUTSIDER.address, data: code, gas: toHex(500_000n) }] as never,
    });
    const receipt = await chain.publicClient.waitForTransactionReceipt({ hash: hash as Hex });
    expect(receipt.logs).toHaveLength(1);
  }

  it('builds the very same rows from block zero, in ranges of another size', async () => {
    await chain.mine(120);
    await catchUp(indexer);
    const fresh = await freshIndex();
    await catchUp(fresh.indexer);
    const rows = await rowsOf(db);
    expect(await rowsOf(fresh.db)).toEqual(rows);
    for (const [table, found] of Object.entries(rows)) expect(found.length, table).toBeGreaterThan(0);
  });

  it('reads everything again when it finds the index of another deployment', async () => {
    const rows = await rowsOf(db);
    await db.cursor.update({ where: { id: 1 }, data: { modelRegistry: OUTSIDER.address } });
    await db.account.create({ data: { account: OUTSIDER.address, bond: 7 } });
    await catchUp(indexer);
    expect(await rowsOf(db)).toEqual(rows);
  });

  it('stays the asked number of blocks behind the head', async () => {
    const other = await freshIndex();
    const cautious = createIndexer({ db: other.db, chain, confirmations: 7, logger: quiet });
    await catchUp(cautious);
    expect((await indexStatus(other.db))!.indexedBlock).toBe((await chain.publicClient.getBlockNumber()) - 7n);
  });
});
