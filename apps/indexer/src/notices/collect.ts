import type { Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import { noteDeliveries } from '@oml/db/site/deliveries';
import { noticesOf } from '@oml/db/site/notices';
import { budgetNotices } from '@oml/db/site/notices/budgets';
import { listSending, type SubscriptionRow } from '@oml/db/site/subscriptions';
import type { NoticeJson } from '@oml/protocol/wire/notice';

const PAGE = 200;

/** Notes what every subscription should be told as the index stands now; resolves with the block of that. */
export async function collectNotices(db: Database, depth: bigint): Promise<bigint | undefined> {
  const status = await indexStatus(db);
  // A chain that is in doubt is told of to nobody.
  if (!status || status.doubt !== undefined) return undefined;
  let after = '';
  for (;;) {
    const page = await listSending(db, PAGE, after);
    if (page.length === 0) return status.indexedBlock;
    await collectPage(db, page, { block: status.indexedBlock, depth, now: status.indexedAt });
    after = page.at(-1)!.subscriptionId;
  }
}

async function collectPage(
  db: Database,
  page: readonly SubscriptionRow[],
  { block, depth, now }: { block: bigint; depth: bigint; now: Date },
): Promise<void> {
  const accounts = [...new Set(page.map(({ account }) => account))];
  const [notices, budgets] = await Promise.all([noticesOf(db, accounts, now), budgetsOf(db, page, now)]);
  const of = Map.groupBy(notices, ({ account }) => account);
  const wanted = page.flatMap((subscription) => {
    const { subscriptionId, account, budget } = subscription;
    const own = budgets.filter((notice) => notice.account === account && notice.budget === String(budget));
    return [...(of.get(account) ?? []), ...own]
      .filter((notice) => isFor(subscription, notice, now))
      .map((notice) => ({ subscriptionId, notice }));
  });
  const subscriptionIds = page.map(({ subscriptionId }) => subscriptionId);
  await noteDeliveries(db, subscriptionIds, wanted, { block, depth });
}

async function budgetsOf(db: Database, page: readonly SubscriptionRow[], now: Date) {
  const budgets = page.flatMap(({ account, budget }) => (budget === undefined ? [] : [{ account, budget }]));
  return (await budgetNotices(db, budgets, now)).flatMap((notice) => (notice.kind === 'budget' ? [notice] : []));
}

/** What asks for something now is told also to who subscribed later; of what is over, only what came after. */
function isFor({ confirmedAt }: SubscriptionRow, notice: NoticeJson, now: Date): boolean {
  // A day is told of when it is over.
  if (notice.kind === 'payout' && notice.day >= now.toISOString().slice(0, 10)) return false;
  return notice.isOpen || notice.kind === 'budget' || (confirmedAt !== undefined && new Date(notice.at) >= confirmedAt);
}
