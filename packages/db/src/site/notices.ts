import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Address } from 'viem';
import type { Database } from '../client.ts';
import { storedAddress } from '../columns.ts';
import type { Asked } from './notices/asked.ts';
import { bondNotices } from './notices/bonds.ts';
import { claimNotices } from './notices/claims.ts';
import { payoutNotices } from './notices/payouts.ts';
import { releaseNotices } from './notices/releases.ts';
import { withdrawalNotices } from './notices/withdrawals.ts';

/** What is over is told of for so long. */
const LOOK_BACK_MS = 30 * 86_400_000;

/**
 * What accounts should hear of, newest first: worked out of the rows of the chain each time, so that a rollback, a
 * rebuilt index or a process that died changes nothing; the keys stay. A few queries, however many accounts.
 */
export async function noticesOf(db: Database, accounts: readonly Address[], now: Date): Promise<NoticeJson[]> {
  const asked: Asked = {
    accounts: accounts.flatMap((account) => storedAddress(account) ?? []),
    now,
    since: new Date(now.getTime() - LOOK_BACK_MS),
  };
  const kinds = await Promise.all(
    [claimNotices, bondNotices, releaseNotices, withdrawalNotices, payoutNotices].map((read) => read(db, asked)),
  );
  return kinds.flat().toSorted((a, b) => b.at.localeCompare(a.at) || a.key.localeCompare(b.key));
}
