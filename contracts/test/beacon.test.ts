import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beaconValue } from '@oml/protocol/evidence/beacon';
import { hexToBigInt } from 'viem';
import { measureBeaconGas } from '../scripts/bench/beacon-gas.ts';
import { startBeacon } from '../testing/beacon.ts';
import { random } from '../testing/random.ts';

const ROUNDS = 16;
const FOURTEEN_DAYS = 14 * 86_400;

describe('DrandBeacon, against another implementation of the curve', () => {
  it('takes the signature of any round that may be posted, and of no other', async () => {
    const { beacon, key, proofOf, wait } = await startBeacon();
    const first = await beacon.read.nextRound();
    await wait(FOURTEEN_DAYS);
    const rounds = new Set(Array.from({ length: ROUNDS }, () => first + (hexToBigInt(random()) % 400_000n)));
    for (const round of rounds) {
      await assert.rejects(beacon.write.post([round, proofOf(round + 1n)]), /Beacon_InvalidProof/);
      await beacon.write.post([round, proofOf(round)]);
      assert.equal(await beacon.read.valueOf([round]), beaconValue(key.sign(round)));
    }
  });

  it('is deployed on the EVM of Prague and later, and refused before', async () => {
    for (const hardfork of ['prague', 'osaka']) await startBeacon(hardfork);
    await assert.rejects(startBeacon('cancun'), /DrandBeacon_CannotVerify/);
  });

  it('costs at most 200,000 gas a round', async () => {
    const gas = await measureBeaconGas();
    assert.ok(gas <= 200_000, `${gas}`);
  });
});
