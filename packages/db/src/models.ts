import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import { Prisma } from './generated/prisma/client.ts';
import type { Database } from './client.ts';
import { pageSize, storedAddress, storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { AncestorRow, ModelRow, ReleaseRow, TermsRow } from './rows.ts';

export interface ModelQuery {
  /** Words (or beginnings of words) of name and card, a model's number, or its owner's address. */
  search?: string;
  kind?: 'language' | 'classifier';
  /** Rows to return; 24 unless told, at most 200. */
  limit?: number;
  /** The modelId of the last row of the page before. */
  after?: bigint;
}

const everything = { codeBook: true, serveTerms: true, privateTerms: true, deriveTerms: true } as const;
type StoredModel = Prisma.ModelGetPayload<{ include: typeof everything }>;
type StoredCard = Pick<Prisma.ModelCardGetPayload<object>, 'commitId' | 'name' | 'kind' | 'card' | 'hasDemo'> & {
  report?: Prisma.JsonValue;
};

/**
 * Models, newest first; keyset pagination by `after`, so the cost of a page does not grow with its number. Cards are
 * cut
 * to their beginning and reports left out: a page of whole ones can weigh megabytes.
 */
export async function listModels(db: Database, query: ModelQuery = {}): Promise<ModelRow[]> {
  const ids = await findModelIds(db, query);
  if (ids.length === 0) return [];
  const cards = db.$queryRaw<StoredCard[]>`
    select commit_id as "commitId", name, kind, left(card, 2000) as card, has_demo as "hasDemo" from market.model_card where model_id = any(${ids})`;
  return readModels(db, ids, cards);
}

/** One model, or undefined if none has that id. */
export async function getModel(db: Database, modelId: bigint): Promise<ModelRow | undefined> {
  const id = storedId(modelId);
  if (id === undefined) return undefined;
  const [row] = await readModels(db, [id], db.modelCard.findMany({ where: { modelId: id } }));
  return row;
}

/** Every release of a model, newest first, 200 at most. */
export async function listReleases(db: Database, modelId: bigint): Promise<ReleaseRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.release.findMany({
    where: { modelId: id },
    include: { codeBook: true },
    orderBy: { number: 'desc' },
    take: 200,
  });
  return rows.map(
    ({ number, commitId, weightsDigest, controlPanelDigest, graceEndsAt, releaseTx, releasedAt, codeBook }) => ({
      release: Number(number),
      commitId: toHex(commitId),
      ...codeBookFields(codeBook),
      weightsDigest: toHex(weightsDigest),
      controlPanelDigest: toHex(controlPanelDigest),
      ...(graceEndsAt ? { graceEndsAt } : {}),
      tx: toHex(releaseTx),
      releasedAt,
    }),
  );
}

/** The models that a model pays on every use, the largest share first. */
export async function listAncestors(db: Database, modelId: bigint): Promise<AncestorRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.ancestor.findMany({
    where: { modelId: id },
    orderBy: [{ bps: 'desc' }, { ancestorId: 'asc' }],
  });
  return rows.map(({ ancestorId, bps }) => ({ modelId: ancestorId, bps }));
}

/** Models built on a model, directly or not, newest first. */
export async function listDescendants(db: Database, modelId: bigint, limit?: number): Promise<AncestorRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const rows = await db.ancestor.findMany({
    where: { ancestorId: id },
    orderBy: { modelId: 'desc' },
    take: pageSize(limit),
  });
  return rows.map(({ modelId: descendant, bps }) => ({ modelId: descendant, bps }));
}

async function findModelIds(db: Database, query: ModelQuery): Promise<bigint[]> {
  const before = query.after === undefined ? Prisma.empty : Prisma.sql`and m.model_id < ${storedId(query.after) ?? 0n}`;
  const kind = query.kind === undefined ? Prisma.empty : Prisma.sql`and c.kind = ${query.kind}`;
  const search = searchCondition(query.search?.trim() ?? '');
  const card = query.kind === undefined && search === undefined ? Prisma.empty : cardJoin;
  const rows = await db.$queryRaw<{ id: bigint }[]>`
    select m.model_id as id from chain.model m ${card}
    where true ${search ?? Prisma.empty} ${kind} ${before}
    order by m.model_id desc limit ${pageSize(query.limit, 24)}`;
  return rows.map((row) => row.id);
}

// By number alone, though a card names its model's commitment too: the indexer forgets a card whose number goes to
// another model, and a second equality makes the planner expect one row and read them all.
const cardJoin = Prisma.sql`join market.model_card c on c.model_id = m.model_id`;

function searchCondition(text: string): Prisma.Sql | undefined {
  if (text === '') return undefined;
  const owner = storedAddress(text);
  if (owner !== undefined) return Prisma.sql`and m.owner = ${owner}`;
  if (/^[0-9]{1,18}$/.test(text)) return Prisma.sql`and m.model_id = ${BigInt(text)}`;
  const words = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, 8);
  if (words === undefined) return Prisma.sql`and false`;
  return Prisma.sql`and c.search @@ to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')})`;
}

async function readModels(db: Database, ids: bigint[], reading: Promise<StoredCard[]>): Promise<ModelRow[]> {
  const [models, cards] = await Promise.all([
    db.model.findMany({ where: { modelId: { in: ids } }, include: everything, orderBy: { modelId: 'desc' } }),
    reading,
  ]);
  const cardOf = new Map(cards.map((card) => [card.commitId, card]));
  return models.map((model) => toModelRow(model, cardOf.get(model.commitId)));
}

function toModelRow(model: StoredModel, card: StoredCard | undefined): ModelRow {
  const { codeBook } = model;
  return {
    modelId: model.modelId,
    ...(card ? cardFields(card) : { hasDemo: false }),
    owner: toAddress(model.owner),
    agent: toAddress(model.agent),
    uri: model.uri,
    commitId: toHex(model.commitId),
    slashBps: model.slashBps,
    release: Number(model.release),
    ...codeBookFields(codeBook),
    weightsDigest: toHex(model.weightsDigest),
    controlPanelDigest: toHex(model.controlPanelDigest),
    offers: {
      ...(model.serveTerms ? { serve: toTermsRow(model.serveTerms) } : {}),
      ...(model.privateTerms ? { private: toTermsRow(model.privateTerms) } : {}),
      ...(model.deriveTerms ? { derive: toTermsRow(model.deriveTerms) } : {}),
    },
    parents: model.parents,
    lineageBps: model.lineageBps,
    derivable: model.derivable,
    payees: model.payees as unknown as ModelRow['payees'],
    ...(model.resaleReceiver === null
      ? {}
      : { resale: { receiver: toAddress(model.resaleReceiver), bps: model.resaleBps } }),
    commitTx: toHex(codeBook.commitTx),
    beaconTx: toHex(codeBook.beaconTx ?? '0x'),
    mintTx: toHex(model.mintTx),
    mintedAt: model.mintedAt,
    hostCount: model.hostCount,
    useCount: model.useCount,
    revenue: toAmount(model.revenue),
  };
}

function cardFields(card: StoredCard) {
  return {
    hasDemo: card.hasDemo,
    ...(card.name === null ? {} : { name: card.name }),
    ...(card.kind === null ? {} : { kind: card.kind as 'language' | 'classifier' }),
    ...(card.card === null ? {} : { card: card.card }),
    ...(card.report === null || card.report === undefined ? {} : { report: card.report as unknown }),
  };
}

function codeBookFields(codeBook: StoredModel['codeBook']) {
  return {
    codeBookRoot: toHex(codeBook.root),
    beacon: toHex(codeBook.beacon ?? '0x'),
    commonSize: Number(codeBook.commonSize),
    size: Number(codeBook.size),
    bits: codeBook.bits,
  };
}

function toTermsRow({
  termsId,
  kind,
  period,
  auditPeriod,
  price,
  bond,
  leakBond,
  ...terms
}: NonNullable<StoredModel['serveTerms']>): TermsRow {
  return {
    ...terms,
    termsId: Number(termsId),
    kind: TERMS_KINDS[kind]!,
    period: Number(period),
    auditPeriod: Number(auditPeriod),
    price: toAmount(price),
    bond: toAmount(bond),
    leakBond: toAmount(leakBond),
  };
}
