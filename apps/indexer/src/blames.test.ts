import { blamesAbi, devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { blameOf, blamesOfEditions } from '@oml/db/blames';
import { getClaim } from '@oml/db/claims';
import type { Database } from '@oml/db/client';
import { getLicense } from '@oml/db/licenses';
import { maxUint256, type Address, type Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookOf, proveDisguise } from '../test-support/disguise.ts';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { HOST, OUTSIDER, OWNER, VERIFIER, type InstantChain } from '../test-support/instant-chain.ts';
import { Jury } from '../test-support/jury.ts';
import type { Story } from '../test-support/story.ts';
import { startWorld, type World } from '../test-support/world.ts';
import type { Indexer } from './indexer.ts';

const MILLION = 1_000_000n;
const SALT: Hex = `0x${'5a'.repeat(32)}`;
const REPEATED = 2;

let world: World;
let chain: InstantChain;
let story: Story;
let db: Database;
let indexer: Indexer;
let bait: { licenseId: bigint; vault: Address };

const at = () => chain.deployment.contracts;
const blames = (from: HDAccount, functionName: string, args: readonly unknown[]) =>
  chain.send(from, { address: at().blames, abi: blamesAbi, functionName, args });
const registry = (functionName: string, args: readonly unknown[]) =>
  chain.send(OUTSIDER, { address: at().verifierRegistry, abi: verifierRegistryAbi, functionName, args });
const approve = (from: HDAccount, spender: Address) =>
  chain.send(from, { address: at().token, abi: devDollarAbi, functionName: 'approve', args: [spender, maxUint256] });

beforeAll(async () => {
  world = await startWorld();
  ({ chain, story, db, indexer } = world);
  await story.depositBond(50n * MILLION);
  await story.bindSigner();
  await story.stake();
  // The one juror; claimants don't judge their own claims.
  await story.fund(OUTSIDER.address, 100n * MILLION);
  await approve(OUTSIDER, at().verifierRegistry);
  await registry('stake', [60n * MILLION, SALT]);
  await registry('enrol', [3]);
  await story.fund(HOST.address, 100n * MILLION);
  await approve(HOST, at().blames);
}, 600_000);
afterAll(() => world?.stop());

describe('blames in the index', { timeout: 600_000 }, () => {
  it('tell one from the claim that it answers to the title bond that pays', async () => {
    const book = bookOf(7);
    const claimed = await story.publish({ codeBook: book.codeBook });
    const model = await story.publish();
    bait = await story.license(model);
    await story.postTitle(model, 60n * MILLION);
    await story.titles('reserve', HOST, [bait.licenseId]);
    const { claimId, batch, receipt } = await proveDisguise(chain, story, claimed, book, bait);
    await blames(HOST, 'blame', [VERIFIER.address, batch, [receipt], SALT, 'https://sealed.example']);
    await catchUp(indexer);
    expect(await getClaim(db, claimId)).toMatchObject({ state: 'blamed' });
    expect(await getLicense(db, bait.licenseId)).toMatchObject({ state: 'suspended', suspension: 'claimed' });
    await new Jury(chain, OUTSIDER).hear(1n, REPEATED, '');
    await blames(OWNER, 'decide', [1n]);
    await catchUp(indexer);
    expect(await blameOf(db, claimId)).toMatchObject({
      state: 'decided',
      upheld: true,
      committee: { state: 'counted' },
    });
    await chain.mine(30);
    await blames(OWNER, 'close', [1n, VERIFIER.address, batch, [bait.licenseId], [1n]]);
    await catchUp(indexer);
    expect(await blameOf(db, claimId)).toMatchObject({
      blameId: 1n,
      state: 'closed',
      payer: HOST.address,
      licenses: [{ licenseId: bait.licenseId, hits: 1 }],
    });
    expect((await blamesOfEditions(db, model)).map((blame) => blame.claimId)).toEqual([claimId]);
    expect(await blamesOfEditions(db, claimed)).toEqual([]);
    const claim = (await getClaim(db, claimId))!;
    expect(claim).toMatchObject({ state: 'excused', taken: 0n + claim.reach - claim.fromTitles });
    expect(claim.fromTitles).toBeGreaterThan(0n);
    expect(claim.timeline.map(({ name }) => name).slice(-5)).toEqual([
      'BlameFiled',
      'BlameEvidence',
      'BlameDecided',
      'BlameClosed',
      'ClaimFinalised',
    ]);
    expect(await getLicense(db, bait.licenseId)).toMatchObject({ suspension: 'marked' });
  });

  it('reads the same again from the first block', async () => {
    const again = await world.freshIndex();
    await catchUp(again.indexer);
    expect(await rowsOf(again.db)).toEqual(await rowsOf(db));
  });
});
