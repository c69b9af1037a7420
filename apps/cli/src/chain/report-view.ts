import { committeesAbi, leakCourtAbi } from '@oml/contracts/abis';
import { COMMITTEE_STATES, REPORT_KINDS, REPORT_OUTCOMES, REPORT_STATES } from '@oml/protocol/chain/report-state';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';

export const courtAt = ({ deployment }: Chain) =>
  ({ address: deployment.contracts.leakCourt, abi: leakCourtAbi }) as const;
export const committeesAt = ({ deployment }: Chain) =>
  ({ address: deployment.contracts.committees, abi: committeesAbi }) as const;

/** A report with its committee, as the chain has it. Throws NOT_FOUND. */
export async function readReport(chain: Chain, id: bigint) {
  const { publicClient } = chain;
  const report = await publicClient.readContract({ ...courtAt(chain), functionName: 'report', args: [id] });
  if (report.state === 0) throw new OmlError('NOT_FOUND', `There is no report ${id}.`);
  const committee = await publicClient.readContract({
    ...committeesAt(chain),
    functionName: 'committee',
    args: [report.committeeId],
  });
  return { report, committee };
}

export type ReportRead = Awaited<ReturnType<typeof readReport>>;

/** What people and programs are shown of a report. */
export function viewOf(id: bigint, { report, committee }: ReportRead) {
  const { seats, draw, committed, shown, votes } = committee;
  const isOfModel = report.modelId !== 0n;
  return {
    reportId: id,
    kind: REPORT_KINDS[report.kind]!,
    state: REPORT_STATES[report.state]!,
    outcome: REPORT_OUTCOMES[report.outcome]!,
    reporter: report.reporter,
    accused: report.accused,
    ...(isOfModel ? { modelId: report.modelId } : { nameId: report.subject }),
    ...(report.licenseId === 0n ? {} : { licenseId: report.licenseId }),
    bond: report.bond,
    committee: {
      committeeId: report.committeeId,
      state: COMMITTEE_STATES[committee.state]!,
      draw,
      seats,
      committed,
      shown,
      votes: Object.fromEntries(REPORT_OUTCOMES.slice(1).map((outcome, i) => [outcome, votes[i + 1]!])),
      voteBy: committee.voteBy,
      revealBy: committee.revealBy,
    },
    appealBy: report.appealBy,
  };
}

export function tell(view: ReturnType<typeof viewOf>): string {
  const { reportId, kind, state, outcome, reporter, accused, committee } = view;
  const about = 'modelId' in view ? `of model ${view.modelId}` : `of name ${view.nameId}`;
  const votes = Object.entries(committee.votes).map(([vote, count]) => `${count} ${vote}`);
  return [
    `report ${reportId}: a ${kind} ${about}, ${state}, ${outcome}`,
    `reported by ${reporter}, accused ${accused}`,
    `committee ${committee.committeeId}: ${committee.state}, draw ${committee.draw}, ${committee.seats} seats, ` +
      `${committee.committed} committed, ${votes.join(', ')}`,
    ...(state === 'decided' ? [`may be appealed until ${timeOf(view.appealBy)}`] : []),
  ].join('\n');
}

export const timeOf = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();
