import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Database } from '../client.ts';
import { toSendingRow, type SendingRow } from './subscriptions.ts';

/**
 * Where a delivery stands. `seen`: its block may still be rolled back. `due`: it is to be sent. `taken`: somebody is at
 * it, and nothing has left the house. `handed`: it may have left, and nobody can look whether it did. `sent`, `failed`
 * and `unsure` are ends.
 */
export type DeliveryState = 'seen' | 'due' | 'taken' | 'handed' | 'sent' | 'failed' | 'unsure';

/** What one subscription should be told. */
export interface Wanted {
  subscriptionId: string;
  notice: NoticeJson;
}

/** A delivery in the hands of who took it. */
export interface TakenDelivery {
  subscription: SendingRow;
  key: string;
  /** Undefined for what is sent about the subscription itself: `confirm`, `hello`. */
  notice: NoticeJson | undefined;
  /** This try counted. */
  attempts: number;
}

/** Who has a delivery is taken for dead after so long: far longer than any try may take. */
const LEASE_S = 300;

/**
 * Notes what these subscriptions should be told, once each: `wanted` is all that holds at `block`. What was noted, not
 * sent, and holds no more is dropped; what has held since `depth` blocks is due.
 */
export async function noteDeliveries(
  db: Database,
  subscriptionIds: readonly string[],
  wanted: readonly Wanted[],
  { block, depth }: { block: bigint; depth: bigint },
): Promise<void> {
  const nameOf = (subscriptionId: string, key: string) => `${subscriptionId} ${key}`;
  const holding = new Set(wanted.map(({ subscriptionId, notice: { key } }) => nameOf(subscriptionId, key)));
  const seen = { subscriptionId: { in: [...subscriptionIds] }, state: 'seen' satisfies DeliveryState };
  await db.delivery.createMany({
    data: wanted.map(({ subscriptionId, notice }) => ({
      subscriptionId,
      key: notice.key,
      notice,
      state: 'seen' satisfies DeliveryState,
      seenBlock: block,
      dueAt: new Date(),
    })),
    skipDuplicates: true,
  });
  const waiting = await db.delivery.findMany({ where: seen, select: { subscriptionId: true, key: true } });
  const gone = waiting.filter(({ subscriptionId, key }) => !holding.has(nameOf(subscriptionId, key)));
  for (const { subscriptionId, key } of gone) await db.delivery.deleteMany({ where: { ...seen, subscriptionId, key } });
  await db.delivery.updateMany({
    where: { ...seen, seenBlock: { lte: block - depth } },
    data: { state: 'due' satisfies DeliveryState },
  });
}

/**
 * Takes up to `limit` deliveries that are due, of subscriptions that are sent to; replicas skip what another has locked.
 * What a dead hand had only taken is taken again; what it may have sent is left as `unsure`, and never sent twice.
 */
export async function takeDeliveries(db: Database, owner: string, limit: number): Promise<TakenDelivery[]> {
  await db.$executeRaw`update site.delivery set state = 'unsure', taken_by = null
    where state = 'handed' and due_at < clock_timestamp()`;
  const taken = await db.$queryRaw<{ subscriptionId: string; key: string; attempts: number }[]>`
    update site.delivery d
    set state = 'taken', taken_by = ${owner}, attempts = attempts + 1,
      due_at = clock_timestamp() + ${LEASE_S} * interval '1 second'
    where (d.subscription_id, d.key) in (
      select e.subscription_id, e.key from site.delivery e
      join site.subscription s on s.subscription_id = e.subscription_id
      where e.state in ('due', 'taken') and e.due_at <= clock_timestamp() and s.stopped_at is null
      order by e.due_at limit ${limit} for update of e skip locked)
    returning d.subscription_id as "subscriptionId", d.key, d.attempts`;
  const rows = await db.delivery.findMany({
    where: { OR: taken.map(({ subscriptionId, key }) => ({ subscriptionId, key })) },
    include: { subscription: true },
  });
  return rows.map(({ subscription, key, notice, attempts }) => ({
    subscription: toSendingRow(subscription),
    key,
    notice: (notice as { kind?: string }).kind === undefined ? undefined : (notice as unknown as NoticeJson),
    attempts,
  }));
}

/** How a try ended. */
export type Ending =
  | { state: 'sent' | 'unsure' }
  /** `retryMs` undefined: it is given up, by the fault of its target, or since that is gone for good. */
  | { state: 'failed'; retryMs?: number; fault?: 'target' | 'gone' };

/** Notices given up one after the other, after which a subscription is sent nothing more. */
const MOST_FAILURES = 5;

/** Says, before it does, that what cannot be looked up is about to leave; false where another hand has it by now. */
export async function handOver(db: Database, owner: string, { subscription, key }: TakenDelivery): Promise<boolean> {
  const { subscriptionId } = subscription;
  const { count } = await db.delivery.updateMany({
    where: { subscriptionId, key, state: 'taken', takenBy: owner },
    data: { state: 'handed' satisfies DeliveryState },
  });
  return count > 0;
}

/** Ends a try, if it is still in this hand. */
export async function endDelivery(db: Database, owner: string, taken: TakenDelivery, ending: Ending): Promise<void> {
  const { subscriptionId } = taken.subscription;
  const mine = { subscriptionId, key: taken.key, state: { in: ['taken', 'handed'] }, takenBy: owner };
  if (ending.state === 'failed' && ending.retryMs !== undefined) {
    const dueAt = new Date(Date.now() + ending.retryMs);
    await db.delivery.updateMany({ where: mine, data: { state: 'due', takenBy: null, dueAt } });
    return;
  }
  await db.$transaction(async (tx) => {
    const { count } = await tx.delivery.updateMany({ where: mine, data: { state: ending.state, takenBy: null } });
    if (count === 0) return;
    const where = { subscriptionId };
    if (ending.state === 'sent') return void (await tx.subscription.updateMany({ where, data: { failures: 0 } }));
    if (ending.state !== 'failed' || !ending.fault) return;
    const { failures } = await tx.subscription.update({ where, data: { failures: { increment: 1 } } });
    if (ending.fault === 'gone' || failures >= MOST_FAILURES)
      await tx.subscription.update({ where, data: { stoppedAt: new Date() } });
  });
}
