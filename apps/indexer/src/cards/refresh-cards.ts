import { listDueCards, storeCard, storeCardFailure, type DueCard } from '@oml/db/cards';
import type { Database } from '@oml/db/client';
import type { Logger } from '@oml/service/logger';
import { MAX_CARD_BYTES, readCard } from './card.ts';
import { fetchText } from '@oml/service/fetch-text';

export interface CardsParts {
  db: Database;
  /** May publishers stand on private or loopback addresses? */
  allowPrivate: boolean;
  logger: Logger;
  /** The time; a test holds it still. */
  now?: () => Date;
}

const AT_ONCE = 16;
const TIMEOUT_MS = 5_000;
const RETRY_MS = { first: 1_000, longest: 600_000 };
const REFRESH_MS = { shortest: 10_000, longest: 6 * 3_600_000 };

/** Fetches the cards that are due, a few at once; returns how many. A publisher that fails keeps its last good card. */
export async function refreshCards(parts: CardsParts): Promise<number> {
  const due = await listDueCards(parts.db, nowOf(parts), AT_ONCE);
  await Promise.all(due.map((card) => refresh(parts, card)));
  return due.length;
}

const nowOf = ({ now = () => new Date() }: CardsParts): Date => now();

async function refresh(parts: CardsParts, due: DueCard): Promise<void> {
  const { db, allowPrivate, logger } = parts;
  try {
    const text = await fetchText(cardUrl(due), { timeoutMs: TIMEOUT_MS, maxBytes: MAX_CARD_BYTES, allowPrivate });
    const at = nowOf(parts);
    await storeCard(db, due, readCard(text, due.modelId), { at, nextAttemptAt: refreshAt(due, at) });
  } catch (error) {
    const why = reason(error);
    logger.info({ model: due.modelId.toString(), failures: due.failures + 1, why }, 'card not taken');
    const at = nowOf(parts);
    await storeCardFailure(db, due, why, { at, nextAttemptAt: retryAt(due, at) });
  }
}

const cardUrl = ({ uri, modelId }: DueCard): string => `${uri.replace(/\/+$/, '')}/models/${modelId}`;

/** Doubling from one second to ten minutes. */
function retryAt({ failures }: DueCard, at: Date): Date {
  return new Date(at.getTime() + Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(failures, 20)));
}

/** The younger a model, the sooner its card may change. */
function refreshAt({ mintedAt }: DueCard, at: Date): Date {
  const age = at.getTime() - mintedAt.getTime();
  return new Date(at.getTime() + Math.min(REFRESH_MS.longest, Math.max(REFRESH_MS.shortest, age / 10)));
}

/** One short line; what a stranger's server sent is not repeated at length. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'ZodError') return 'it does not read as a card';
  if (error.name === 'SyntaxError') return 'it is not JSON';
  return error.message.replaceAll('\u0000', '').slice(0, 200);
}
