import { startBeacon } from '../../testing/beacon.ts';

/** Gas of the transaction that shows the value of one round of drand. */
export async function measureBeaconGas(): Promise<number> {
  const { beacon, client, proofOf, wait } = await startBeacon();
  const round = await beacon.read.nextRound();
  await wait(3_600);
  const hash = await beacon.write.post([round, proofOf(round)]);
  const { gasUsed, status } = await client.getTransactionReceipt({ hash });
  if (status !== 'success') throw new Error('the beacon was refused');
  return Number(gasUsed);
}
