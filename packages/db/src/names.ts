import { zeroAddress, type Address, type Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, toAddress, toAmount, toHex } from './columns.ts';
import type { NameEvent } from './events.ts';
import { toDate } from './storable.ts';

export interface NameRow {
  nameId: Hex;
  text: string;
  /** Undefined: it is free. */
  holder?: Address;
  /** 0: it points to nothing. */
  modelId: bigint;
  deposit: bigint;
  registeredAt: Date;
  /** After a verdict freed it only this one may register it, for a while. */
  reserved?: { for: Address; until: Date };
}

/** What an event of the names changes. */
export async function projectName(tx: Transaction, event: NameEvent): Promise<void> {
  switch (event.eventName) {
    case 'NameRegistered': {
      const { nameId, name: text, holder, modelId, deposit } = event.args;
      const money = { modelId: fromAmount(modelId), deposit: fromAmount(deposit) };
      const now = { holder, ...money, registeredAt: event.at, reservedFor: null, reservedUntil: null };
      return void (await tx.name.upsert({ where: { nameId }, create: { nameId, text, ...now }, update: now }));
    }
    case 'NamePointed':
      return change(tx, event.args.nameId, { modelId: fromAmount(event.args.modelId) });
    case 'NameTransferred':
      return change(tx, event.args.nameId, { holder: event.args.to, modelId: 0 });
    case 'NameGivenUp':
      return change(tx, event.args.nameId, { holder: null, modelId: 0, deposit: 0 });
    case 'NameFreed': {
      const { nameId, reservedFor, reservedUntil } = event.args;
      const reserved = { reservedFor, reservedUntil: toDate(reservedUntil) };
      return change(tx, nameId, { holder: null, modelId: 0, deposit: 0, ...reserved });
    }
  }
}

async function change(tx: Transaction, nameId: Hex, data: Prisma.NameUpdateInput): Promise<void> {
  await tx.name.update({ where: { nameId }, data });
}

/** A name, registered once at least; undefined where it never was. */
export async function getName(db: Database, text: string): Promise<NameRow | undefined> {
  const row = await db.name.findUnique({ where: { text } });
  return row ? toNameRow(row) : undefined;
}

/** Names that somebody holds, or one account, in the order of the alphabet. */
export async function listNames(db: Database, query: { holder?: Address; limit?: number } = {}): Promise<NameRow[]> {
  const rows = await db.name.findMany({
    where: { holder: query.holder === undefined ? { not: null } : (storedAddress(query.holder) ?? '') },
    orderBy: { text: 'asc' },
    take: pageSize(query.limit, 200),
  });
  return rows.map(toNameRow);
}

/** Names that begin so and that somebody holds, in the order of the alphabet. */
export async function findNames(db: Database, beginning: string, limit = 5): Promise<NameRow[]> {
  if (!/^[a-z0-9-]+$/.test(beginning)) return [];
  const found = await db.$queryRaw<{ text: string }[]>`
    select text from chain.name where text ^@ ${beginning} and holder is not null order by text limit ${pageSize(limit)}`;
  const rows = await db.name.findMany({
    where: { text: { in: found.map(({ text }) => text) } },
    orderBy: { text: 'asc' },
  });
  return rows.map(toNameRow);
}

/** The name behind an id, for pages that know the id alone. */
export async function nameTextOf(db: Database, nameId: Hex): Promise<string | undefined> {
  return (await db.name.findUnique({ where: { nameId } }))?.text;
}

function toNameRow(row: Prisma.NameGetPayload<object>): NameRow {
  const { reservedFor, reservedUntil } = row;
  return {
    nameId: toHex(row.nameId),
    text: row.text,
    ...(row.holder && row.holder !== zeroAddress ? { holder: toAddress(row.holder) } : {}),
    modelId: toAmount(row.modelId),
    deposit: toAmount(row.deposit),
    registeredAt: row.registeredAt,
    ...(reservedFor && reservedUntil ? { reserved: { for: toAddress(reservedFor), until: reservedUntil } } : {}),
  };
}
