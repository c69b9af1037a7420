import type { Database, Transaction } from '@oml/db/client';
import { advanceCursor, type IndexedBlock } from '@oml/db/cursor';
import { storeEvents, type OmlEvent } from '@oml/db/events';
import { vaultsAmong } from '@oml/db/licenses';
import { projectEvent } from '@oml/db/project-event';
import { projectRefusal } from '@oml/db/refused-claims';
import { dropRollBackEntries, enterBlock, ROLL_BACK_BLOCKS, storeBlocks } from '@oml/db/roll-back';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { BlockRange } from './read-range.ts';

export const TIMEOUTS = { maxWait: 10_000, timeout: 120_000 };

/**
 * Writes a range in one transaction: raw events, what they change, refusals and the cursor, all or nothing.
 * Throws CONFLICT where the index no longer stands at `after`: another indexer writes.
 */
export async function writeRange(
  db: Database,
  deployment: Deployment,
  range: BlockRange,
  after: IndexedBlock | undefined,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const last = range.blocks.at(-1)!;
    await advanceCursor(tx, deployment, last, after);
    await storeBlocks(tx, range.blocks);
    const events = await dropForeign(tx, range.events);
    await storeEvents(tx, events);
    await project(tx, events);
    for (const refusal of range.refusals) await projectRefusal(tx, refusal);
    await dropRollBackEntries(tx, last.number - ROLL_BACK_BLOCKS);
  }, TIMEOUTS);
}

/** Vault events of contracts that no license names are none of ours: anyone can log their like. */
async function dropForeign(tx: Transaction, events: OmlEvent[]): Promise<OmlEvent[]> {
  const loggers = [...new Set(events.filter(({ source }) => source === 'vault').map(({ address }) => address))];
  const vaults = await vaultsAmong(tx, loggers);
  return events.filter((event) => {
    if (event.source === 'licenses' && event.eventName === 'LicenseAccepted') vaults.add(event.args.vault);
    return event.source !== 'vault' || vaults.has(event.address);
  });
}

async function project(tx: Transaction, events: OmlEvent[]): Promise<void> {
  let current: bigint | undefined;
  for (const event of events) {
    if (event.blockNumber !== current) {
      current = event.blockNumber;
      await enterBlock(tx, current);
    }
    await projectEvent(tx, event);
  }
}
