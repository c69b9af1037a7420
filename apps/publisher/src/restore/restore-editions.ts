import { licenseRegistryAbi } from '@oml/contracts/abis';
import { sleep } from '@oml/service/wait';
import { LicenseWatch } from '../chain/license-watch.ts';
import { edition } from '../programs/edition.ts';
import type { Restoring } from './restore-order.ts';

/** A node that does not answer is asked again so often, after so long. */
const [TRIES, PAUSE_MS] = [60, 1_000];
/** Asked of the store at once. */
const MOST = 100_000;

export interface RestoredEdition {
  licenseId: bigint;
  release: number;
  /** Is it the file that was delivered, byte for byte, with the digests that the chain has of it? */
  same: boolean;
}

/**
 * Writes again every edition that was delivered, sealed anew to its licensee, and compares it with the chain; those
 * that are still owed wait for the publisher.
 */
export async function restoreEditions({ context, store, driver }: Restoring): Promise<RestoredEdition[]> {
  const { chain } = context;
  const registry = { address: chain.deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  await new LicenseWatch(chain, store).read();
  const restored: RestoredEdition[] = [];
  for (const run of (await driver.runs.list([edition], { limit: MOST })).toReversed()) {
    if (run.subject.release !== undefined) continue;
    const { licenseId } = run.subject;
    const args = [licenseId] as const;
    const { delivered } = await chain.publicClient.readContract({ ...registry, functionName: 'license', args });
    if (delivered === 0) continue;
    const isHere = await context.minted.find(String(run.subject.modelId), delivered);
    const same = isHere !== undefined && (await isSame(run.id, driver));
    restored.push({ licenseId, release: delivered, same });
  }
  return restored.toSorted((one, other) => (one.licenseId < other.licenseId ? -1 : 1));
}

async function isSame(id: string, driver: Restoring['driver']): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    await driver.advance(id);
    const { state, outcome } = await driver.runs.get(edition, id);
    if (state !== 'running') return outcome === 'delivered';
    await sleep(PAUSE_MS);
  }
  return false;
}
