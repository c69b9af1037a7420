import { readMeasurement, type MeasuredAs, type Measurement } from '@oml/protocol/wire/measurement';
import type { Address, Hex } from 'viem';
import type { Database, Transaction } from './client.ts';
import { storedId, toAddress, toHex } from './columns.ts';
import type { CourtEvent } from './events.ts';
import { toDate, toJson } from './storable.ts';

export interface MeasurementRow {
  digest: Hex;
  measurement: Measurement;
  by: Address;
  as: MeasuredAs;
  anchoredAt: Date;
  tx: Hex;
}

const MOST = 200;

/** Keeps what an anchor carried; anchored twice it stays as it was first. */
export async function projectMeasurement(tx: Transaction, event: CourtEvent): Promise<void> {
  if (event.eventName !== 'ReceiptsAnchored' || !event.measurement) return;
  const { digest, signed } = event.measurement;
  const { release, method, data, measuredAt } = signed.measurement;
  await tx.measurement.createMany({
    data: [
      {
        digest,
        release,
        method: method.name,
        version: method.version,
        dataDigest: data.digest,
        by: signed.by,
        measuredAt: toDate(measuredAt),
        anchoredAt: event.at,
        tx: event.tx,
        document: toJson(signed.measurement) as object,
      },
    ],
    skipDuplicates: true,
  });
}

/** What was measured of any release of a model, the latest first, {@link MOST} at most. */
export async function measurementsOfModel(db: Database, modelId: bigint): Promise<MeasurementRow[]> {
  const id = storedId(modelId);
  if (id === undefined) return [];
  const [model, releases] = await Promise.all([
    db.model.findUnique({ where: { modelId: id }, select: { owner: true } }),
    db.release.findMany({ where: { modelId: id }, select: { weightsDigest: true } }),
  ]);
  const rows = await db.measurement.findMany({
    where: { release: { in: releases.map(({ weightsDigest }) => weightsDigest) } },
    orderBy: [{ anchoredAt: 'desc' }, { digest: 'asc' }],
    take: MOST,
  });
  const staked = await db.verifier.findMany({
    where: { verifier: { in: rows.map(({ by }) => by) }, stake: { gt: 0 } },
    select: { verifier: true },
  });
  const verifiers = new Set(staked.map(({ verifier }) => verifier));
  return rows.map(({ digest, by, anchoredAt, tx, document }) => ({
    digest: toHex(digest),
    measurement: readMeasurement(JSON.stringify(document)).measurement,
    by: toAddress(by),
    as: by === model?.owner ? 'claimed' : verifiers.has(by) ? 'checked' : 'said',
    anchoredAt,
    tx: toHex(tx),
  }));
}
