import { beaconProof } from '@oml/protocol/evidence/beacon';
import { network } from 'hardhat';
import type { Hex } from 'viem';
import { drandKey, wordsOf } from './drand-key.ts';
import { random } from './random.ts';

const GENESIS = 1_700_000_000n;
const PERIOD = 3n;

/** A chain with a DrandBeacon for a drand of one node, whose key is drawn anew. */
export async function startBeacon(hardfork = 'prague') {
  const { viem, networkHelpers } = await network.create({ override: { hardfork, initialDate: '2026-01-01' } });
  const key = drandKey(random());
  const proofOf = (round: bigint): Hex => beaconProof(key.sign(round))!;
  const beacon = await viem.deployContract('DrandBeacon', [
    { key: wordsOf(key.publicKey), genesis: GENESIS, period: PERIOD },
    { delay: 1_800n, backdating: 15n, postWindow: 14n * 86_400n },
    1n,
    proofOf(1n),
  ]);
  const client = await viem.getPublicClient();
  const wait = async (seconds: number) => networkHelpers.time.increase(seconds);
  return { beacon, client, key, proofOf, wait };
}
