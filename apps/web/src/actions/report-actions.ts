import type { Deployment } from '@oml/protocol/chain/deployment';
import { COMMITTEE_STATE, REPORT_STATE } from '@oml/protocol/chain/report-state';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { callOf, only, timeOf, type Action } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';

/** Tickets that one transaction looks at. */
const LOOKS = 64n;
const MOST_NOTE = 500;

/** What the chain says of a report and its committee now. */
export async function readReport(reader: Reader, deployment: Deployment, reportId: bigint) {
  const { leaks, committees } = contractsOf(deployment);
  const report = await reader.readContract({ ...leaks, functionName: 'report', args: [reportId] });
  const [committee, fee] = await Promise.all([
    reader.readContract({ ...committees, functionName: 'committee', args: [report.committeeId] }),
    reader.readContract({ ...leaks, functionName: 'appealCost' }),
  ]);
  return { reportId, report, committee, fee };
}

export type ReportFacts = Awaited<ReturnType<typeof readReport>>;

/** What anybody can do about a report. */
export function reportActions(deployment: Deployment, facts: ReportFacts): Action[] {
  const { leaks } = contractsOf(deployment);
  const { reportId, report, fee } = facts;
  if (report.state === REPORT_STATE.NONE || report.state === REPORT_STATE.CLOSED) return [];
  const until = timeOf(report.appealBy);
  const actions: Action[] = [];
  if (report.state === REPORT_STATE.HEARD) actions.push(...hearing(deployment, facts));
  if (report.state === REPORT_STATE.DECIDED)
    actions.push({
      id: `report-appeal-${reportId}`,
      rows: [44],
      title: 'Appeal',
      effect: 'Takes the verdict to the arbitrator, for its fee in the chain’s own coin.',
      who: 'anyone',
      ...(until ? { until } : {}),
      steps: only(callOf({ ...leaks, functionName: 'appeal', args: [reportId], value: fee })),
    });
  if (report.state !== REPORT_STATE.HEARD)
    actions.push({
      id: `report-close-${reportId}`,
      rows: [44],
      title: 'Close the report',
      effect: 'Applies what stands, credits everybody and ends the report.',
      who: 'anyone',
      ...(until && report.state !== REPORT_STATE.RULED ? { from: until } : {}),
      next: 'Whoever was credited is paid out at anybody’s press.',
      steps: only(callOf({ ...leaks, functionName: 'close', args: [reportId] })),
    });
  actions.push({
    id: `report-evidence-${reportId}`,
    rows: [44],
    title: 'Add evidence',
    effect: 'Puts a short document on the record of this report; jurors read it, nobody obeys it.',
    who: 'anyone',
    fields: [noteField('What you found')],
    steps: ({ note = '' }) => {
      const { evidenceHash, evidenceUri } = inlineEvidence({ note });
      return [
        { call: callOf({ ...leaks, functionName: 'submitEvidence', args: [reportId, evidenceHash, evidenceUri] }) },
      ];
    },
  });
  return actions;
}

/** While its committee is drawn and votes. */
function hearing(deployment: Deployment, { reportId, report, committee }: ReportFacts): Action[] {
  const { leaks, committees } = contractsOf(deployment);
  const { committeeId } = report;
  if (committee.state >= COMMITTEE_STATE.COUNTED)
    return [
      {
        id: `report-decide-${reportId}`,
        rows: [44],
        title: 'Apply the verdict',
        effect: 'The committee has ended: what it said is applied, and may be appealed.',
        who: 'anyone',
        steps: only(callOf({ ...leaks, functionName: 'decide', args: [reportId] })),
      },
    ];
  if (committee.state === COMMITTEE_STATE.DRAWING)
    return [
      {
        id: `report-draw-${reportId}`,
        rows: [44],
        title: 'Draw the committee',
        effect: `Looks at the next ${LOOKS} tickets, once round ${committee.round} of the beacon is posted.`,
        who: 'anyone',
        next: 'The jurors look for themselves and vote.',
        steps: only(callOf({ ...committees, functionName: 'draw', args: [committeeId, LOOKS] })),
      },
    ];
  return [
    {
      id: `report-count-${reportId}`,
      rows: [44],
      title: 'Count the votes',
      effect: 'Ends the draw: pays who voted, takes from who stayed away.',
      who: 'anyone',
      ...(timeOf(committee.revealBy) ? { from: timeOf(committee.revealBy)! } : {}),
      steps: only(callOf({ ...committees, functionName: 'count', args: [committeeId] })),
    },
  ];
}

/** A few sentences for jurors. */
export const noteField = (label: string) => ({
  name: 'note',
  label,
  isLong: true,
  hint: `At most ${MOST_NOTE} characters; it stands on chain for ever.`,
  problem: (text: string) =>
    text.trim().length > 0 && text.length <= MOST_NOTE ? undefined : `1 to ${MOST_NOTE} characters.`,
});

/** Reports an endpoint that serves a model and signs nothing; `cost` is its bond and its committee. */
export function leakAction(deployment: Deployment, { modelId, cost }: { modelId?: bigint; cost: bigint }): Action {
  const { leaks } = contractsOf(deployment);
  return {
    id: 'report-leak',
    rows: [44],
    title: 'Report the endpoint',
    effect: 'Says that an endpoint serves a model and signs nothing. A committee looks for itself and votes.',
    who: 'anyone',
    amount: cost,
    next: 'The bond comes back unless the report is dismissed; fees that nobody earned come back too.',
    fields: [
      {
        name: 'model',
        label: 'Number of the model',
        ...(modelId === undefined ? {} : { initial: String(modelId) }),
        problem: (text) => (/^[1-9]\d{0,17}$/.test(text.trim()) ? undefined : 'A whole number.'),
      },
      {
        name: 'endpoint',
        label: 'Address of the endpoint',
        problem: (text) =>
          /^https?:\/\/\S{3,248}$/.test(text.trim()) ? undefined : 'An address that begins with https://.',
      },
      noteField('What you saw'),
    ],
    steps: ({ model = '0', endpoint = '', note = '' }) => {
      const params = {
        modelId: BigInt(model.trim()),
        licenseId: 0n,
        endpoint: endpoint.trim(),
        ...inlineEvidence({ note }),
      };
      return [{ call: callOf({ ...leaks, functionName: 'reportLeak', args: [params] }), spends: cost }];
    },
  };
}
