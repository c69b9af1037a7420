import type { ClaimStateName, OffenceName } from '@oml/protocol/chain/claim-state';
import type { NoticeJson } from '@oml/protocol/wire/notice';
import type { Database } from '../../client.ts';
import { toAddress, toAmount, toHex } from '../../columns.ts';
import type { Asked } from './asked.ts';

const OPEN: readonly ClaimStateName[] = ['proving', 'contested', 'blamed'];
/** Of all accounts that are asked about at once. */
const MOST = 2_000;

/** Claims against accounts: that they were made, by when to answer, and how they ended. */
export async function claimNotices(db: Database, { accounts, since, now }: Asked): Promise<NoticeJson[]> {
  const rows = await db.claim.findMany({
    where: {
      account: { in: accounts },
      OR: [{ state: { in: [...OPEN] } }, { revealedAt: { gte: since } }, { finalisedAt: { gte: since } }],
    },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: MOST,
  });
  return rows.flatMap((row) => {
    const state = row.state as ClaimStateName;
    const of = {
      account: toAddress(row.account),
      claimId: toHex(row.claimId),
      modelId: String(toAmount(row.modelId)),
    };
    const made: NoticeJson = {
      kind: 'claim',
      ...of,
      key: `claim:${row.claimId}`,
      at: row.revealedAt.toISOString(),
      ...(row.answerBy && row.answerBy > now ? { until: row.answerBy.toISOString() } : {}),
      isOpen: OPEN.includes(state),
      offence: row.offence as OffenceName,
      reach: String(toAmount(row.reach)),
    };
    if (!row.finalisedAt) return [made];
    const taken = String(toAmount(row.taken));
    const at = row.finalisedAt.toISOString();
    return [made, { kind: 'claim-ended', ...of, key: `claim-ended:${row.claimId}`, at, isOpen: false, state, taken }];
  });
}
