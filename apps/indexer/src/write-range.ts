import type { Database, Transaction } from '@oml/db/client';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import type { BlockHeader, BlockRange } from './chain-reader.ts';
import type { OmlEvent } from './event.ts';
import { projectAccount } from './project-accounts.ts';
import { projectClaim } from './project-claims.ts';
import { projectLicense } from './project-licenses.ts';
import { projectModel } from './project-models.ts';
import { projectTerms } from './project-terms.ts';
import { projectTitle } from './project-titles.ts';
import { projectVault } from './project-vaults.ts';
import { projectVerifier } from './project-verifiers.ts';
import { storeRefusal } from './refusal.ts';
import { toEventRow } from './stored.ts';

/** How many blocks can be taken back one by one; a deeper fork is answered by reading everything again. */
export const UNDO_BLOCKS = 256n;

/** The last block that the index holds. */
export interface IndexedBlock {
  number: bigint;
  hash: string;
}

const TIMEOUTS = { maxWait: 10_000, timeout: 120_000 };

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
    await advance(tx, deployment, last, after);
    await tx.block.createMany({ data: range.blocks.map(({ number, hash, at }) => ({ number, hash, at })) });
    const events = await dropForeign(tx, range.events);
    await tx.event.createMany({ data: events.map(toEventRow) });
    await project(tx, deployment, events);
    for (const refusal of range.refusals) await storeRefusal(tx, refusal);
    await forget(tx, last.number - UNDO_BLOCKS);
  }, TIMEOUTS);
}

/** Takes back every block after `to`, in one transaction. Throws CONFLICT as {@link writeRange}. */
export async function rollBack(
  db: Database,
  deployment: Deployment,
  to: BlockHeader,
  after: IndexedBlock,
): Promise<void> {
  await db.$transaction(async (tx) => {
    await advance(tx, deployment, to, after);
    await tx.$executeRaw`select chain.roll_back(${to.number})`;
  }, TIMEOUTS);
}

/** Empties the chain tables: the next range is the deployment's first. */
export async function wipe(db: Database): Promise<void> {
  await db.$executeRaw`select chain.wipe()`;
}

/** Moves the cursor, and with it holds off any other writer until the transaction ends. */
async function advance(
  tx: Transaction,
  { chainId, contracts }: Deployment,
  to: Omit<BlockHeader, 'parentHash'>,
  after: IndexedBlock | undefined,
): Promise<void> {
  const cursor = { number: to.number, hash: to.hash, at: to.at };
  const { count } = after
    ? await tx.cursor.updateMany({ where: { id: 1, number: after.number, hash: after.hash }, data: cursor })
    : await tx.cursor.createMany({
        data: [{ id: 1, chainId, modelRegistry: contracts.modelRegistry, ...cursor }],
        skipDuplicates: true,
      });
  if (count !== 1) throw new OmlError('CONFLICT', 'Another indexer writes to this database.', { retryable: true });
}

/** Vault events of contracts that no license names are none of ours: anyone can log their like. */
async function dropForeign(tx: Transaction, events: OmlEvent[]): Promise<OmlEvent[]> {
  const loggers = [...new Set(events.filter(({ source }) => source === 'vault').map(({ address }) => address))];
  const known = await tx.license.findMany({ where: { vault: { in: loggers } }, select: { vault: true } });
  const vaults = new Set(known.map(({ vault }) => vault));
  return events.filter((event) => {
    if (event.source === 'licenses' && event.eventName === 'LicenseAccepted') vaults.add(event.args.vault);
    return event.source !== 'vault' || vaults.has(event.address);
  });
}

async function project(tx: Transaction, deployment: Deployment, events: OmlEvent[]): Promise<void> {
  let current: bigint | undefined;
  for (const event of events) {
    if (event.blockNumber !== current) {
      current = event.blockNumber;
      await tx.$executeRaw`select set_config('oml.block', ${current.toString()}, true)`;
    }
    await projectEvent(tx, deployment, event);
  }
}

async function projectEvent(tx: Transaction, deployment: Deployment, event: OmlEvent): Promise<void> {
  switch (event.source) {
    case 'terms':
      return projectTerms(tx, event);
    case 'models':
      return projectModel(tx, event);
    case 'licenses':
      await projectLicense(tx, event);
      return projectAccount(tx, event);
    case 'vault':
      return projectVault(tx, event);
    case 'verifiers':
      return projectVerifier(tx, event);
    case 'titles':
      return projectTitle(tx, event);
    case 'court':
      return projectClaim(tx, event, deployment);
  }
}

/** Drops what is only needed to take back recent blocks. */
async function forget(tx: Transaction, upTo: bigint): Promise<void> {
  await tx.undo.deleteMany({ where: { blockNumber: { lte: upTo } } });
  await tx.block.deleteMany({ where: { number: { lt: upTo } } });
}
