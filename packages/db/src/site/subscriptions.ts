import { OmlError } from '@oml/protocol/error';
import type { NoticeChannel } from '@oml/protocol/wire/notice';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Address } from 'viem';
import type { Database, Transaction } from '../client.ts';
import { fromAmount, toAddress, toAmount } from '../columns.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { markOf } from './site-key.ts';

/** What an account wants to be told, and where; only itself may see it. */
export interface SubscriptionRow {
  subscriptionId: string;
  account: Address;
  channel: NoticeChannel;
  target: string;
  origin: string;
  budget?: bigint;
  askedAt: Date;
  /** Undefined: its mail address has not said yes. */
  confirmedAt?: Date;
  /** Its target took nothing for long: nothing is sent any more. */
  stoppedAt?: Date;
}

/** With what nobody but the sender needs. */
export interface SendingRow extends SubscriptionRow {
  linkToken: string;
  secret?: string;
}

export interface NewSubscription {
  account: Address;
  channel: NoticeChannel;
  target: string;
  origin: string;
  budget?: bigint;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of one account. */
const MOST = 10;
/** Confirmations within a day to one mail address, and at the word of one account. */
const MOST_A_DAY = { target: 3, account: 10 };
/** Confirmations of the whole site within a day: what strangers may make it send. */
const MOST_OF_ALL = 2_000;
/** A mail address that says nothing for so long is forgotten. */
export const CONFIRM_WITHIN_MS = 2 * DAY_MS;

/** Keys of what is sent about a subscription itself. */
export const CONFIRM = 'confirm';
export const HELLO = 'hello';

/**
 * Keeps a subscription and has its first message sent: a mail address is asked to say yes, a webhook gets its first
 * request. Resolves with the secret that signs a webhook's requests. Throws CONFLICT, QUOTA_SPENT and RATE_LIMITED.
 */
export async function subscribe(
  db: Database,
  asked: NewSubscription,
  now: Date,
): Promise<{ row: SubscriptionRow; secret?: string }> {
  await forgetUnconfirmed(db, now);
  const secret = asked.channel === 'webhook' ? `whsec_${randomBytes(24).toString('base64')}` : undefined;
  const marks = [await markOf(db, 'target', asked.target.toLowerCase()), await markOf(db, 'account', asked.account)];
  const { budget, ...rest } = asked;
  const stored = await db.$transaction(async (tx) => {
    await lock(tx, asked.account);
    await checkRoom(tx, asked, marks as [string, string], now);
    return tx.subscription.create({
      data: {
        ...rest,
        subscriptionId: randomUUID(),
        secret: secret ?? null,
        linkToken: randomBytes(24).toString('base64url'),
        budget: budget === undefined ? null : fromAmount(budget),
        askedAt: now,
        confirmedAt: asked.channel === 'mail' ? null : now,
        deliveries: { create: [firstMessage(asked.channel, now)] },
      },
    });
  });
  return { row: rowOf(stored), ...(secret ? { secret } : {}) };
}

const firstMessage = (channel: NoticeChannel, dueAt: Date) => ({
  key: channel === 'mail' ? CONFIRM : HELLO,
  notice: {},
  state: 'due',
  seenBlock: 0,
  dueAt,
});

/** Two requests of one account count each other; so do two about the whole site's limit, near enough. */
const lock = (tx: Transaction, account: string) => tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${account}))`;

async function checkRoom(
  tx: Transaction,
  { account, channel, target }: NewSubscription,
  [ofTarget, ofAccount]: [string, string],
  now: Date,
): Promise<void> {
  const own = await tx.subscription.findMany({ where: { account }, select: { channel: true, target: true } });
  if (own.some((row) => row.channel === channel && row.target === target))
    throw new OmlError('CONFLICT', 'This account is told there already: remove that one first.');
  if (own.length >= MOST) throw new OmlError('QUOTA_SPENT', `An account has at most ${MOST} subscriptions.`);
  await tx.asked.deleteMany({ where: { at: { lt: new Date(now.getTime() - DAY_MS) } } });
  const toTarget = await tx.asked.count({ where: { mark: ofTarget } });
  const byAccount = await tx.asked.count({ where: { mark: ofAccount } });
  const all = await tx.asked.count();
  if (toTarget >= MOST_A_DAY.target || byAccount >= MOST_A_DAY.account || all >= 2 * MOST_OF_ALL)
    throw new OmlError('RATE_LIMITED', 'Too many first messages were asked for within a day: try again tomorrow.');
  await tx.asked.createMany({ data: [ofTarget, ofAccount].map((mark) => ({ mark, at: now })) });
}

/** What nobody confirmed in time is deleted. */
async function forgetUnconfirmed(db: Database, now: Date): Promise<void> {
  const askedAt = { lt: new Date(now.getTime() - CONFIRM_WITHIN_MS) };
  await db.subscription.deleteMany({ where: { confirmedAt: null, askedAt } });
}

/** What an account is subscribed to, newest first. */
export async function listSubscriptions(db: Database, account: Address): Promise<SubscriptionRow[]> {
  const rows = await db.subscription.findMany({ where: { account }, orderBy: { askedAt: 'desc' }, take: MOST });
  return rows.map(rowOf);
}

/** Ends a subscription of this account: nothing of it is kept. False where it has none of that id. */
export async function unsubscribe(db: Database, account: Address, subscriptionId: string): Promise<boolean> {
  const { count } = await db.subscription.deleteMany({ where: { account, subscriptionId } });
  return count > 0;
}

/** Says yes for a mail address, by the token of its links. False where there is none, or none any more. */
export async function confirm(db: Database, linkToken: string, now: Date): Promise<boolean> {
  await forgetUnconfirmed(db, now);
  const where = { linkToken, channel: 'mail' };
  const { count } = await db.subscription.updateMany({
    where: { ...where, confirmedAt: null },
    data: { confirmedAt: now },
  });
  return count > 0 || (await db.subscription.count({ where })) > 0;
}

/** Ends a subscription by the token of its links: nothing of it is kept. */
export async function unsubscribeByLink(db: Database, linkToken: string): Promise<void> {
  await db.subscription.deleteMany({ where: { linkToken } });
}

/** Confirmed ones that are sent to, in the order of their ids; `after` is the last of the page before. */
export async function listSending(db: Database, limit: number, after = ''): Promise<SubscriptionRow[]> {
  const rows = await db.subscription.findMany({
    where: { subscriptionId: { gt: after }, confirmedAt: { not: null }, stoppedAt: null },
    orderBy: { subscriptionId: 'asc' },
    take: limit,
  });
  return rows.map(rowOf);
}

function rowOf(row: Prisma.SubscriptionGetPayload<object>): SubscriptionRow {
  const { subscriptionId, account, channel, target, origin, budget, askedAt, confirmedAt, stoppedAt } = row;
  return {
    subscriptionId,
    account: toAddress(account),
    channel: channel as NoticeChannel,
    target,
    origin,
    ...(budget === null ? {} : { budget: toAmount(budget) }),
    askedAt,
    ...(confirmedAt ? { confirmedAt } : {}),
    ...(stoppedAt ? { stoppedAt } : {}),
  };
}

/** A stored subscription as its sender needs it. */
export const toSendingRow = (row: Prisma.SubscriptionGetPayload<object>): SendingRow => ({
  ...rowOf(row),
  linkToken: row.linkToken,
  ...(row.secret === null ? {} : { secret: row.secret }),
});
