import type { LicenseStateName } from '@oml/protocol/chain/license-state';
import type { NoticeJson } from '@oml/protocol/wire/notice';
import { numberToHex } from 'viem';
import type { Database } from '../../client.ts';
import { toAddress } from '../../columns.ts';
import type { Asked } from './asked.ts';

const LIVING: LicenseStateName[] = ['delivered', 'active', 'suspended'];
const MOST = 1_000;

/** Editions that were delivered and are not in use. */
export async function releaseNotices(db: Database, { accounts }: Asked): Promise<NoticeJson[]> {
  const rows = await db.license.findMany({
    where: { account: { in: accounts }, state: { in: LIVING }, delivered: { gt: db.license.fields.activated } },
    orderBy: { licenseId: 'desc' },
    take: MOST,
  });
  if (rows.length === 0) return [];
  const events = await db.event.findMany({
    where: {
      topic: { in: rows.map(({ licenseId }) => numberToHex(licenseId, { size: 32 })) },
      name: 'EditionDelivered',
    },
    orderBy: { blockNumber: 'asc' },
  });
  const deliveredAt = new Map(events.map(({ topic, at }) => [topic, at]));
  return rows.flatMap(({ licenseId, modelId, account, delivered, activateBy }): NoticeJson[] => {
    const at = deliveredAt.get(numberToHex(licenseId, { size: 32 }));
    if (!at) return [];
    return [
      {
        kind: 'release-due',
        key: `release-due:${licenseId}:${delivered}`,
        account: toAddress(account),
        at: at.toISOString(),
        ...(activateBy ? { until: activateBy.toISOString() } : {}),
        isOpen: true,
        licenseId: String(licenseId),
        modelId: String(modelId),
        release: Number(delivered),
      },
    ];
  });
}
