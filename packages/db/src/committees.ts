import {
  COMMITTEE_STATES,
  REPORT_OUTCOMES,
  type CommitteeStateName,
  type ReportOutcome,
} from '@oml/protocol/chain/report-state';
import type { Address } from 'viem';
import type { Prisma } from './generated/prisma/client.ts';
import type { Transaction } from './client.ts';
import { fromAmount, toAddress } from './columns.ts';
import type { CommitteeEvent } from './events.ts';
import { toDate } from './storable.ts';

export interface CommitteeRow {
  committeeId: bigint;
  state: CommitteeStateName;
  /** 1 to 3. */
  draw: number;
  round: bigint;
  /** Of the last draw. */
  jurors: Address[];
  /** Seats that voted, by what they said. */
  votes: Partial<Record<ReportOutcome, number>>;
  voteBy?: Date;
  revealBy?: Date;
}

/** What an event of the committees changes. */
export async function projectCommittee(tx: Transaction, event: CommitteeEvent): Promise<void> {
  switch (event.eventName) {
    case 'CommitteeSummoned': {
      const { committeeId, court, caseId, draw, round } = event.args;
      const now = { state: 'drawing', draw, round, jurors: [], votes: [], voteBy: null, revealBy: null };
      return void (await tx.committee.upsert({
        where: { committeeId },
        create: { committeeId, court, caseId: fromAmount(caseId), ...now },
        update: now,
      }));
    }
    case 'CommitteeDrawn': {
      const { committeeId, jurors, voteBy, revealBy } = event.args;
      const data = { state: 'voting', jurors: [...jurors], voteBy: toDate(voteBy), revealBy: toDate(revealBy) };
      return void (await tx.committee.update({ where: { committeeId }, data }));
    }
    case 'VoteRevealed': {
      const { committeeId, vote, seats } = event.args;
      const { votes } = await tx.committee.findUniqueOrThrow({ where: { committeeId } });
      const counted = REPORT_OUTCOMES.map((_, i) => (votes[i] ?? 0) + (i === vote ? seats : 0));
      return void (await tx.committee.update({ where: { committeeId }, data: { votes: counted } }));
    }
    case 'CommitteeEnded': {
      const { committeeId, state, seats, votes } = event.args;
      const data = { state: COMMITTEE_STATES[state] ?? 'none', seats, votes: [...votes] };
      return void (await tx.committee.update({ where: { committeeId }, data }));
    }
  }
}

export function toCommitteeRow(row: Prisma.CommitteeGetPayload<object>): CommitteeRow {
  return {
    committeeId: row.committeeId,
    state: row.state as CommitteeStateName,
    draw: row.draw,
    round: row.round,
    jurors: row.jurors.map(toAddress),
    votes: Object.fromEntries(REPORT_OUTCOMES.flatMap((outcome, i) => (row.votes[i] ? [[outcome, row.votes[i]]] : []))),
    ...(row.voteBy ? { voteBy: row.voteBy } : {}),
    ...(row.revealBy ? { revealBy: row.revealBy } : {}),
  };
}
