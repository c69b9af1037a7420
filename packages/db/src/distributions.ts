import type { Hex } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedId, toAmount, toHex } from './columns.ts';
import type { Named, VaultEvent } from './events.ts';

export interface DistributionRow {
  licenseId: bigint;
  gross: bigint;
  protocolFee: bigint;
  pool: bigint;
  lineage: bigint;
  owner: bigint;
  host: bigint;
  tx: Hex;
  at: Date;
}

/** Keeps how a vault split what had arrived. */
export async function projectDistribution(
  tx: Transaction,
  { args, address: vault, tx: hash, blockNumber, logIndex, at }: Named<VaultEvent, 'Distributed'>,
): Promise<void> {
  const { gross, protocolFee, pool, lineage, owner, host } = args;
  const { licenseId } = await tx.license.update({
    where: { vault },
    data: { distributed: { increment: fromAmount(gross) } },
  });
  const shares = {
    gross: fromAmount(gross),
    protocolFee: fromAmount(protocolFee),
    pool: fromAmount(pool),
    lineage: fromAmount(lineage),
    owner: fromAmount(owner),
    host: fromAmount(host),
  };
  await tx.distribution.create({ data: { blockNumber, logIndex, licenseId, ...shares, tx: hash, at } });
}

/** How vaults split what had arrived; latest first. */
export async function listDistributions(
  db: Database,
  query: { licenseId?: bigint; limit?: number } = {},
): Promise<DistributionRow[]> {
  const rows = await db.distribution.findMany({
    where: query.licenseId === undefined ? {} : { licenseId: storedId(query.licenseId) ?? -1n },
    orderBy: [{ blockNumber: 'desc' }, { logIndex: 'desc' }],
    take: pageSize(query.limit),
  });
  return rows.map(toDistributionRow);
}

function toDistributionRow(row: Prisma.DistributionGetPayload<object>): DistributionRow {
  return {
    licenseId: row.licenseId,
    gross: toAmount(row.gross),
    protocolFee: toAmount(row.protocolFee),
    pool: toAmount(row.pool),
    lineage: toAmount(row.lineage),
    owner: toAmount(row.owner),
    host: toAmount(row.host),
    tx: toHex(row.tx),
    at: row.at,
  };
}
