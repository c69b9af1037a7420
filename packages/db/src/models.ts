import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { zeroAddress, type Address, type Hex } from 'viem';
import { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { codeBookFields } from './code-books.ts';
import { storedId, toAddress, toAmount, toHex } from './columns.ts';
import type { ModelEvent, Named } from './events.ts';
import { findModelIds, type ModelQuery } from './find-models.ts';
import { settleStanding } from './standing.ts';
import { toText } from './storable.ts';
import { toTermsRow, type TermsRow } from './terms.ts';

export interface ModelRow {
  modelId: bigint;
  /** From the publisher's public card; undefined until it was reached. */
  name?: string;
  kind?: ModelKind;
  /** Markdown. */
  card?: string;
  /** The publisher's embedding report, as it wrote it. */
  report?: unknown;
  hasDemo: boolean;
  owner: Address;
  agent: Address;
  uri: string;
  /** The code book that the model was minted with. */
  commitId: Hex;
  /** Share of a host's bond that a claim of disguised use takes. */
  slashBps: number;
  /** The latest; the code book and the digests are its own. */
  release: number;
  codeBookRoot: Hex;
  beacon: Hex;
  commonSize: number;
  size: number;
  bits: number;
  /** Of its commitment, counted over all code books. */
  bookNumber: number;
  weightsDigest: Hex;
  controlPanelDigest: Hex;
  /** What new licensees accept. */
  offers: { serve?: TermsRow; private?: TermsRow; derive?: TermsRow };
  parents: bigint[];
  /** What all ancestors together are owed of the net amount of a use. */
  lineageBps: number;
  /** Do the licenses it was built under let others build on it? */
  derivable: boolean;
  /** Of the owner's share; empty where all of it is the owner's. */
  payees: { account: Address; bps: number }[];
  /** ERC-2981. */
  resale?: { receiver: Address; bps: number };
  commitTx: Hex;
  beaconTx: Hex;
  mintTx: Hex;
  mintedAt: Date;
  /** An upheld blame showed that editions of it answer for another model: nobody serves it any more. */
  markedAt?: Date;
  hostCount: number;
  /** Of them, which a verifier found answering within the last day. */
  online: number;
  useCount: number;
  revenue: bigint;
}

/** Columns of a model's offers, by kind of terms. */
const OFFERS = ['serveTermsId', 'privateTermsId', 'deriveTermsId'] as const;

/** What an event of the model registry changes in models. */
export async function projectModel(tx: Transaction, event: ModelEvent): Promise<void> {
  const { eventName, args } = event;
  switch (eventName) {
    case 'ModelMinted':
      return mint(tx, event);
    case 'ModelReleased': {
      const { modelId, release, commitId: latestCommitId, weightsDigest, controlPanelDigest } = args;
      return update(tx, modelId, { release: BigInt(release), latestCommitId, weightsDigest, controlPanelDigest });
    }
    case 'LineageFixed': {
      const { modelId, ancestors, parentCount, totalBps: lineageBps, derivable } = args;
      const parents = ancestors.slice(0, Number(parentCount)).map(({ modelId: parentId }) => parentId);
      return update(tx, modelId, { parents, lineageBps, derivable });
    }
    case 'ModelMarked':
      return mark(tx, args.modelId, event.at);
    case 'ModelUnmarked':
      return mark(tx, args.modelId, null);
    case 'OfferChanged':
      return update(tx, args.modelId, { [OFFERS[args.kind]!]: args.termsId === 0 ? null : BigInt(args.termsId) });
    case 'Transfer':
      // The mint's own transfer comes before ModelMinted, which names the owner too.
      return args.from === zeroAddress ? undefined : update(tx, args.tokenId, { owner: args.to });
    case 'AgentChanged':
      return update(tx, args.modelId, { agent: args.agent });
    case 'UriChanged':
      return update(tx, args.modelId, { uri: toText(args.uri) });
    case 'PayeesChanged':
      return update(tx, args.modelId, { payees: args.payees.map(({ account, bps }) => ({ account, bps })) });
    case 'ResaleChanged':
      return update(tx, args.modelId, { resaleReceiver: args.receiver, resaleBps: args.bps });
  }
}

async function update(
  tx: Transaction,
  modelId: bigint,
  data: Parameters<Transaction['model']['update']>[0]['data'],
): Promise<void> {
  await tx.model.update({ where: { modelId }, data });
}

/** The first mark dates; the last one undone is told. */
async function mark(tx: Transaction, modelId: bigint, markedAt: Date | null): Promise<void> {
  await tx.model.updateMany({ where: { modelId, ...(markedAt ? { markedAt: null } : {}) }, data: { markedAt } });
  await settleStanding(tx, { modelId });
}

/** The digests follow in ModelReleased, of the same transaction. */
async function mint(tx: Transaction, { args, tx: mintTx, at }: Named<ModelEvent, 'ModelMinted'>): Promise<void> {
  const { modelId, owner, agent, commitId, slashBps, uri } = args;
  const empty = { weightsDigest: '', controlPanelDigest: '' };
  await tx.model.create({
    data: {
      modelId,
      owner,
      agent,
      commitId,
      latestCommitId: commitId,
      slashBps,
      ...empty,
      uri: toText(uri),
      mintTx,
      mintedAt: at,
    },
  });
}

const everything = { codeBook: true, serveTerms: true, privateTerms: true, deriveTerms: true } as const;
type StoredModel = Prisma.ModelGetPayload<{ include: typeof everything }>;
type StoredCard = Pick<Prisma.ModelCardGetPayload<object>, 'commitId' | 'name' | 'kind' | 'card' | 'hasDemo'> & {
  report?: Prisma.JsonValue;
};

/** One page of models. Cards are cut to their beginning and reports left out: whole ones can weigh megabytes. */
export async function listModels(db: Database, query: ModelQuery = {}): Promise<ModelRow[]> {
  const ids = await findModelIds(db, query);
  if (ids.length === 0) return [];
  return readModels(db, ids, beginnings(db, ids));
}

/** Some models, in this order; those that there are. */
export async function modelsOf(db: Database, modelIds: readonly bigint[]): Promise<ModelRow[]> {
  const ids = modelIds.flatMap((modelId) => storedId(modelId) ?? []);
  return ids.length === 0 ? [] : readModels(db, ids, beginnings(db, ids));
}

/** Cards cut to their beginning, without reports. */
const beginnings = (db: Database, ids: bigint[]): Promise<StoredCard[]> =>
  db.$queryRaw<StoredCard[]>`
    select commit_id as "commitId", name, kind, left(card, 2000) as card, has_demo as "hasDemo" from market.model_card where model_id = any(${ids})`;

/** One model, or undefined if none has that id. */
export async function getModel(db: Database, modelId: bigint): Promise<ModelRow | undefined> {
  const id = storedId(modelId);
  if (id === undefined) return undefined;
  const [row] = await readModels(db, [id], db.modelCard.findMany({ where: { modelId: id } }));
  return row;
}

async function readModels(db: Database, ids: bigint[], reading: Promise<StoredCard[]>): Promise<ModelRow[]> {
  const [models, cards, listings] = await Promise.all([
    db.model.findMany({ where: { modelId: { in: ids } }, include: everything }),
    reading,
    db.listing.findMany({ where: { modelId: { in: ids } }, select: { modelId: true, online: true } }),
  ]);
  const onlineOf = new Map(listings.map(({ modelId, online }) => [modelId, online]));
  const cardOf = new Map(cards.map((card) => [card.commitId, card]));
  const modelOf = new Map(models.map((model) => [model.modelId, model]));
  return ids.flatMap((id) => {
    const model = modelOf.get(id);
    return model ? { ...toModelRow(model, cardOf.get(model.commitId)), online: onlineOf.get(id) ?? 0 } : [];
  });
}

function toModelRow(model: StoredModel, card: StoredCard | undefined): Omit<ModelRow, 'online'> {
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
    ...(model.markedAt ? { markedAt: model.markedAt } : {}),
    hostCount: model.hostCount,
    useCount: model.useCount,
    revenue: toAmount(model.revenue),
  };
}

function cardFields(card: StoredCard) {
  return {
    hasDemo: card.hasDemo,
    ...(card.name === null ? {} : { name: card.name }),
    ...(card.kind === null ? {} : { kind: card.kind as ModelKind }),
    ...(card.card === null ? {} : { card: card.card }),
    ...(card.report === null || card.report === undefined ? {} : { report: card.report as unknown }),
  };
}
