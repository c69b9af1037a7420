import { measurementsOfModel } from '@oml/db/measurements';
import { listReleases } from '@oml/db/releases';
import { rollBack } from '@oml/db/roll-back';
import { measurementDigest } from '@oml/protocol/signed/measurement';
import type { SignedMeasurement } from '@oml/protocol/wire/measurement';
import type { Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp } from '../test-support/index-of.ts';
import { HOST, OUTSIDER, OWNER, VERIFIER } from '../test-support/instant-chain.ts';
import { adjudicatorOf, anchorMeasured, measuredBy } from '../test-support/measured.ts';
import { startWorld, type World } from '../test-support/world.ts';

let world: World;
let model: bigint;
let release: Hex;

const signed = (by: HDAccount, value: number) => measuredBy(world.chain, by, release, value);

async function anchor(from: HDAccount, carried: SignedMeasurement, root?: Hex): Promise<void> {
  await anchorMeasured(world.chain, from, carried, root);
  await catchUp(world.indexer);
}

beforeAll(async () => {
  world = await startWorld();
  model = await world.story.publish();
  await world.story.stake();
  await catchUp(world.indexer);
  release = (await listReleases(world.db, model))[0]!.weightsDigest;
}, 600_000);
afterAll(() => world?.stop());

describe('measurements in the index', () => {
  it('are claimed by the owner, checked by who has a stake, and said by others, whoever anchored them', async () => {
    await anchor(OWNER, await signed(OWNER, 0.01));
    await anchor(OUTSIDER, await signed(VERIFIER, 0.02));
    await anchor(HOST, await signed(HOST, 0.03));
    const rows = await measurementsOfModel(world.db, model);
    expect(rows.map(({ as, by, measurement }) => [as, by, measurement.figures[0]!.value]).toSorted()).toEqual([
      ['checked', VERIFIER.address, 0.02],
      ['claimed', OWNER.address, 0.01],
      ['said', HOST.address, 0.03],
    ]);
    const own = rows.find(({ as }) => as === 'claimed')!;
    expect(own.measurement).toEqual((await signed(OWNER, 0.01)).measurement);
    expect(own.digest).toBe(measurementDigest(own, adjudicatorOf(world.chain)));
  });

  it('are those of all who found the same in the same second', async () => {
    const before = await measurementsOfModel(world.db, model);
    for (const by of [OWNER, VERIFIER]) await anchor(by, await signed(by, 0.06));
    const found = (await measurementsOfModel(world.db, model)).filter(
      ({ measurement }) => measurement.figures[0]!.value === 0.06,
    );
    expect(found.map(({ as }) => as).toSorted()).toEqual(['checked', 'claimed']);
    expect(await measurementsOfModel(world.db, model)).toHaveLength(before.length + 2);
  });

  it('are left out where somebody else signed, or something else was anchored', async () => {
    const before = await measurementsOfModel(world.db, model);
    const forged = { ...(await signed(OUTSIDER, 0.04)), by: VERIFIER.address };
    await anchor(OUTSIDER, forged);
    await anchor(OUTSIDER, await signed(VERIFIER, 0.05), `0x${'5e'.repeat(32)}`);
    expect(await measurementsOfModel(world.db, model)).toEqual(before);
  });

  it('go with the block that carried them', async () => {
    const { blockNumber } = await world.db.event.findFirstOrThrow({
      where: { name: 'ReceiptsAnchored' },
      orderBy: { blockNumber: 'asc' },
    });
    await world.db.$transaction((tx) => rollBack(tx, blockNumber));
    expect((await measurementsOfModel(world.db, model)).map(({ as }) => as)).toEqual(['claimed']);
  });
});
