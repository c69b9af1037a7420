import type { BlameStateName } from '@oml/protocol/chain/blame-state';
import type { Address, Hex } from 'viem';
import { toCommitteeRow, type CommitteeRow } from './committees.ts';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { BlameEvent } from './events.ts';
import { toDate } from './storable.ts';

/** A host's answer to a claim of disguised use: the editions that it was delivered answer these keys by themselves. */
export interface BlameRow {
  blameId: bigint;
  claimId: Hex;
  state: BlameStateName;
  /** By the committee, or the arbitrator; undefined while it is heard. */
  upheld?: boolean;
  payer: Address;
  deposit: bigint;
  /** The licenses that the hits name, and how many each. */
  licenses: { licenseId: bigint; hits: number }[];
  committee?: CommitteeRow;
  appealBy?: Date;
}

/** What an event of the blames changes; those about a claim are steps of its story. */
export async function projectBlame(tx: Transaction, event: BlameEvent): Promise<void> {
  switch (event.eventName) {
    case 'BlameFiled': {
      const { blameId, claimId, payer, deposit, committeeId, licenseIds, hits } = event.args;
      await tx.blame.create({
        data: {
          blameId,
          claimId,
          state: 'heard',
          payer,
          deposit: fromAmount(deposit),
          committeeId,
          licenseIds: licenseIds.map(fromAmount),
          hits: hits.map(Number),
        },
      });
      await tx.claim.update({ where: { claimId }, data: { state: 'blamed' } });
      return addStep(tx, event, blameId);
    }
    case 'BlameDecided': {
      const { blameId, upheld, appealBy } = event.args;
      await change(tx, blameId, { state: 'decided', upheld, appealBy: toDate(appealBy) });
      return addStep(tx, event, blameId);
    }
    case 'BlameAppealed': {
      const { blameId, ruleBy } = event.args;
      await change(tx, blameId, { state: 'appealed', appealBy: toDate(ruleBy) });
      return addStep(tx, event, blameId);
    }
    case 'BlameRuled': {
      const { blameId, upheld } = event.args;
      await change(tx, blameId, { state: 'ruled', upheld });
      return addStep(tx, event, blameId);
    }
    case 'BlameClosed': {
      const { blameId, upheld } = event.args;
      await change(tx, blameId, { state: 'closed', upheld });
      return addStep(tx, event, blameId);
    }
    case 'BlameEvidence':
    case 'MarksAppealed':
    case 'MarksLifted':
      return addStep(tx, event, event.args.blameId);
  }
}

async function change(tx: Transaction, blameId: bigint, data: Prisma.BlameUpdateInput): Promise<void> {
  await tx.blame.update({ where: { blameId }, data });
}

async function addStep(tx: Transaction, { blockNumber, logIndex }: BlameEvent, blameId: bigint): Promise<void> {
  const { claimId } = await tx.blame.findUniqueOrThrow({ where: { blameId } });
  await tx.claimStep.create({ data: { claimId, blockNumber, logIndex } });
}

/** The blame of a claim; undefined where nobody filed one. */
export async function blameOf(db: Database, claimId: Hex): Promise<BlameRow | undefined> {
  const row = await db.blame.findUnique({ where: { claimId: claimId.toLowerCase() } });
  return row ? toBlameRow(db, row) : undefined;
}

/** The blames of editions of a model, newest first. */
export async function blamesOfEditions(db: Database, modelId: bigint): Promise<BlameRow[]> {
  const ids = await db.$queryRaw<{ id: bigint }[]>`
    select blame_id as id from chain.blame
    where license_ids && array(select license_id::numeric from chain.license where model_id = ${storedId(modelId) ?? -1n})
    order by blame_id desc limit ${pageSize(undefined)}`;
  const rows = await db.blame.findMany({
    where: { blameId: { in: ids.map(({ id }) => id) } },
    orderBy: { blameId: 'desc' },
  });
  return Promise.all(rows.map((row) => toBlameRow(db, row)));
}

async function toBlameRow(db: Database, row: Prisma.BlameGetPayload<object>): Promise<BlameRow> {
  const committee = await db.committee.findUnique({ where: { committeeId: row.committeeId } });
  return {
    blameId: row.blameId,
    claimId: toHex(row.claimId),
    state: row.state as BlameStateName,
    ...(row.upheld === null ? {} : { upheld: row.upheld }),
    payer: toAddress(row.payer),
    deposit: toAmount(row.deposit),
    licenses: row.licenseIds.map((licenseId, i) => ({ licenseId: toAmount(licenseId), hits: row.hits[i] ?? 0 })),
    ...(committee ? { committee: toCommitteeRow(committee) } : {}),
    ...(row.appealBy ? { appealBy: row.appealBy } : {}),
  };
}
