import {
  REPORT_OUTCOMES,
  type ReportKind,
  type ReportOutcome,
  type ReportStateName,
} from '@oml/protocol/chain/report-state';
import { numberToHex, zeroAddress, type Address, type Hex } from 'viem';
import { toCommitteeRow, type CommitteeRow } from './committees.ts';
import type { Prisma } from './generated/prisma/client.ts';
import type { Database, Transaction } from './client.ts';
import { fromAmount, pageSize, storedAddress, storedId, toAddress, toAmount, toHex, toTexts } from './columns.ts';
import type { LeakCourtEvent } from './events.ts';
import { toDate, toText } from './storable.ts';

export interface ReportRow {
  reportId: bigint;
  kind: ReportKind;
  state: ReportStateName;
  outcome: ReportOutcome;
  reporter: Address;
  /** Account of the license, or holder of the name; undefined: nobody knows. */
  accused?: Address;
  modelId?: bigint;
  licenseId?: bigint;
  endpoint?: string;
  nameId?: Hex;
  bond: bigint;
  committeeId: bigint;
  appealBy?: Date;
  toReporter: bigint;
  toOwner: bigint;
  toAccused: bigint;
  burned: bigint;
  filedAt: Date;
  closedAt?: Date;
}

/** One thing that happened to a report or in its committee, by the contract's event name. */
export interface ReportEventRow {
  name: string;
  tx: Hex;
  at: Date;
  args: Record<string, string>;
}

/** A report with all that is known of it. */
export interface ReportStory extends ReportRow {
  committee?: CommitteeRow;
  timeline: ReportEventRow[];
}

/** What an event of the leak court changes. */
export async function projectReport(tx: Transaction, event: LeakCourtEvent): Promise<void> {
  const { at } = event;
  switch (event.eventName) {
    case 'LeakReported': {
      const { reportId, reporter, modelId, licenseId, endpoint, bond, committeeId } = event.args;
      const license = licenseId === 0n ? null : await tx.license.findUnique({ where: { licenseId } });
      const about = {
        modelId: fromAmount(modelId),
        licenseId: licenseId === 0n ? null : fromAmount(licenseId),
        accused: license?.account ?? null,
        endpoint: toText(endpoint),
      };
      return void (await tx.report.create({
        data: { kind: 'leak', ...about, ...filed({ reportId, reporter, bond, committeeId }, at) },
      }));
    }
    case 'NameReported': {
      const { reportId, reporter, nameId, holder, bond, committeeId } = event.args;
      return void (await tx.report.create({
        data: { kind: 'name', nameId, accused: holder, ...filed({ reportId, reporter, bond, committeeId }, at) },
      }));
    }
    case 'ReportDecided':
      return change(tx, event.args.reportId, {
        state: 'decided',
        outcome: outcomeOf(event.args.outcome),
        appealBy: toDate(event.args.appealBy),
      });
    case 'ReportAppealed':
      return change(tx, event.args.reportId, { state: 'appealed', appealBy: toDate(event.args.ruleBy) });
    case 'ReportRuled':
      return change(tx, event.args.reportId, { state: 'ruled', outcome: outcomeOf(event.args.outcome) });
    case 'ReportClosed': {
      const { reportId, outcome, toReporter, toOwner, toAccused, burned } = event.args;
      return change(tx, reportId, {
        state: 'closed',
        outcome: outcomeOf(outcome),
        toReporter: fromAmount(toReporter),
        toOwner: fromAmount(toOwner),
        toAccused: fromAmount(toAccused),
        burned: fromAmount(burned),
        closedAt: at,
      });
    }
  }
}

const filed = (
  { reportId, reporter, bond, committeeId }: { reportId: bigint; reporter: Address; bond: bigint; committeeId: bigint },
  at: Date,
) => ({ reportId, reporter, bond: fromAmount(bond), committeeId, state: 'heard', outcome: 'undecided', filedAt: at });

async function change(tx: Transaction, reportId: bigint, data: Prisma.ReportUpdateInput): Promise<void> {
  await tx.report.update({ where: { reportId }, data });
}

const outcomeOf = (outcome: number): ReportOutcome => REPORT_OUTCOMES[outcome] ?? 'undecided';

/** Reports on a model or a name, by an account or against one, or all; newest first. */
export async function listReports(
  db: Database,
  query: { modelId?: bigint; nameId?: Hex; reporter?: Address; accused?: Address; limit?: number } = {},
): Promise<ReportRow[]> {
  const rows = await db.report.findMany({
    where: {
      ...(query.modelId === undefined ? {} : { modelId: fromAmount(query.modelId) }),
      ...(query.nameId === undefined ? {} : { nameId: query.nameId }),
      ...(query.reporter === undefined ? {} : { reporter: storedAddress(query.reporter) ?? '' }),
      ...(query.accused === undefined ? {} : { accused: storedAddress(query.accused) ?? '' }),
    },
    orderBy: { reportId: 'desc' },
    take: pageSize(query.limit),
  });
  return rows.map(toReportRow);
}

/** One report with its committee and its story, oldest first; undefined if none has that number. */
export async function getReport(db: Database, reportId: bigint): Promise<ReportStory | undefined> {
  const id = storedId(reportId);
  const row = id === undefined ? null : await db.report.findUnique({ where: { reportId: id } });
  if (!row) return undefined;
  const [committee, told, submitted] = await Promise.all([
    db.committee.findUnique({ where: { committeeId: row.committeeId } }),
    db.event.findMany({
      where: {
        OR: [
          { topic: word(row.reportId), name: { in: OF_REPORT } },
          { topic: word(row.committeeId), name: { in: OF_COMMITTEE } },
        ],
      },
    }),
    db.event.findMany({
      where: { topic: word(row.reportId), name: 'EvidenceSubmitted' },
      orderBy: [{ blockNumber: 'asc' }, { logIndex: 'asc' }],
      take: MOST_EVIDENCE,
    }),
  ]);
  const events = [...told, ...submitted, ...(await delistings(db, reportId, told))].toSorted(
    (a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex,
  );
  return {
    ...toReportRow(row),
    ...(committee ? { committee: toCommitteeRow(committee) } : {}),
    timeline: events.map(({ name, tx, at, args }) => ({ name, tx: toHex(tx), at, args: toTexts(args) })),
  };
}

/** Anyone may submit some; the rest of a report's story is as long as the contracts let it be. */
const MOST_EVIDENCE = 200;

/** What a verdict did to endpoints: in its own transaction, under topics that do not name the report first. */
function delistings(db: Database, reportId: bigint, told: { name: string; blockNumber: bigint }[]) {
  const verdicts = told.filter(({ name }) => VERDICTS.includes(name)).map(({ blockNumber }) => blockNumber);
  return db.event.findMany({
    where: {
      blockNumber: { in: verdicts },
      name: { in: ['EndpointDelisted', 'EndpointRelisted'] },
      args: { path: ['reportId'], equals: `${reportId}` },
    },
  });
}

const VERDICTS = ['ReportDecided', 'ReportRuled', 'ReportClosed'];
const OF_REPORT = ['LeakReported', 'NameReported', 'ReportDecided', 'ReportAppealed', 'ReportRuled', 'ReportClosed'];
const OF_COMMITTEE = [
  'CommitteeSummoned',
  'CommitteeDrawn',
  'VoteCommitted',
  'VoteRevealed',
  'JurorPaid',
  'JurorPenalised',
  'CommitteeEnded',
];

const word = (id: bigint): Hex => numberToHex(id, { size: 32 });

function toReportRow(row: Prisma.ReportGetPayload<object>): ReportRow {
  return {
    reportId: row.reportId,
    kind: row.kind as ReportKind,
    state: row.state as ReportStateName,
    outcome: row.outcome as ReportOutcome,
    reporter: toAddress(row.reporter),
    ...(row.accused && row.accused !== zeroAddress ? { accused: toAddress(row.accused) } : {}),
    ...(row.modelId === null ? {} : { modelId: toAmount(row.modelId) }),
    ...(row.licenseId === null ? {} : { licenseId: toAmount(row.licenseId) }),
    ...(row.endpoint === null ? {} : { endpoint: row.endpoint }),
    ...(row.nameId === null ? {} : { nameId: toHex(row.nameId) }),
    bond: toAmount(row.bond),
    committeeId: row.committeeId,
    ...(row.appealBy ? { appealBy: row.appealBy } : {}),
    toReporter: toAmount(row.toReporter),
    toOwner: toAmount(row.toOwner),
    toAccused: toAmount(row.toAccused),
    burned: toAmount(row.burned),
    filedAt: row.filedAt,
    ...(row.closedAt ? { closedAt: row.closedAt } : {}),
  };
}
