import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROFILES } from '../ignition/modules/values.ts';
import { playShelter, playUnpaid, startScene, USUAL_SLASH_BPS } from '../scripts/simulate/plays.ts';
import { ticketsNeeded } from '../scripts/simulate/packing.ts';
import { bestUnpaid, WEEK } from '../scripts/simulate/sweep.ts';

const { minAccountBond: bond, claimCost } = PROFILES.l2;
const slash = (bond * BigInt(USUAL_SLASH_BPS.l2)) / 10_000n;

describe('the simulation', () => {
  it('sees an unpaid use cost the host its slash, to the last unit', async () => {
    const { host, claimant, owner, burned } = await playUnpaid(await startScene('l2'));
    assert.equal(host, -slash);
    assert.equal(claimant, slash / 5n);
    assert.equal(claimant + owner + burned, slash);
  });

  it('sees a host shelter nothing behind a late fee of its own', async () => {
    const { friend, stranger } = await playShelter(await startScene('l2'), true);
    assert.ok(friend >= claimCost);
    assert.equal(friend + stranger, slash);
  });

  it('finds that not paying serves a host all or not at all', () => {
    const [gain, rate] = [10, 20 / WEEK.uses];
    assert.equal(bestUnpaid(gain, 11, rate), 0);
    assert.ok(bestUnpaid(gain, 9, rate) > 0);
    assert.equal(bestUnpaid(gain, 1e9, 0), gain); // where nobody contests, no bond helps
  });

  it('counts more tickets than honest jurors have for two thirds of the seats', () => {
    for (const honest of [10, 20, 100]) assert.ok(ticketsNeeded(honest) > honest);
  });
});
