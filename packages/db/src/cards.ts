import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { Database, Transaction } from './client.ts';
import { fromJson } from './columns.ts';
import { facetColumns } from './facets.ts';
import type { ModelEvent } from './events.ts';

/** What a publisher says of a model, as far as OML keeps it. */
export interface Card {
  name: string;
  kind: ModelKind;
  card: string;
  report: unknown;
  hasDemo: boolean;
}

/** A card that is to be fetched now. */
export interface DueCard {
  modelId: bigint;
  commitId: string;
  uri: string;
  mintedAt: Date;
  failures: number;
}

/** What an event of the model registry changes in the list of cards to fetch. */
export async function projectCard(tx: Transaction, { eventName, args }: ModelEvent): Promise<void> {
  switch (eventName) {
    case 'ModelMinted':
      return askForCard(tx, args.modelId, args.commitId);
    case 'UriChanged':
      return void (await tx.modelCard.updateMany({
        where: { modelId: args.modelId },
        data: { nextAttemptAt: new Date(0) },
      }));
  }
}

/** Puts the model's card on the list of what to fetch; a card of another model under that number is forgotten. */
async function askForCard(tx: Transaction, modelId: bigint, commitId: string): Promise<void> {
  await tx.modelCard.deleteMany({ where: { modelId, commitId: { not: commitId } } });
  await tx.modelCard.createMany({ data: [{ modelId, commitId, nextAttemptAt: new Date(0) }], skipDuplicates: true });
}

/** The cards that are due at `now`, the longest due first. */
export function listDueCards(db: Database, now: Date, limit: number): Promise<DueCard[]> {
  return db.$queryRaw<DueCard[]>`
    select c.model_id as "modelId", c.commit_id as "commitId", c.failures, m.uri, m.minted_at as "mintedAt"
    from market.model_card c join chain.model m on m.model_id = c.model_id and m.commit_id = c.commit_id
    where c.next_attempt_at <= ${now} order by c.next_attempt_at limit ${limit}`;
}

/** When a publisher was asked, and when it is asked again. */
interface Asked {
  at: Date;
  nextAttemptAt: Date;
}

/** Keeps what a publisher answered. */
export async function storeCard(db: Database, due: DueCard, card: Card, { at, nextAttemptAt }: Asked): Promise<void> {
  const { name, kind, card: text, report, hasDemo } = card;
  const content = { name, kind, card: text, report: fromJson(report), hasDemo, ...facetColumns(text) };
  await db.modelCard.updateMany({
    where: { modelId: due.modelId, commitId: due.commitId },
    data: { ...content, failures: 0, lastError: null, fetchedAt: at, nextAttemptAt },
  });
}

/** Notes that a publisher failed; its last good card stays. */
export async function storeCardFailure(
  db: Database,
  due: DueCard,
  lastError: string,
  { nextAttemptAt }: Asked,
): Promise<void> {
  await db.modelCard.updateMany({
    where: { modelId: due.modelId, commitId: due.commitId },
    data: { failures: { increment: 1 }, lastError, nextAttemptAt },
  });
}
