import { REPORT_OUTCOMES } from '@oml/protocol/chain/report-state';
import { readInline } from '@oml/protocol/wire/report-evidence';
import { dollars } from '@oml/ui/dollars';
import { shortHex } from '@oml/ui/short-hex';
import type { Tone } from '@oml/ui/states';
import type { ReportEvent, ShownReport } from './shown-report.ts';

export const reportName = ({ reportId }: Pick<ShownReport, 'reportId'>): string => `Report ${reportId}`;

/** How a report ended, or what it waits for, in one sentence with the money in it. */
export function reportOutcome(report: ShownReport): string {
  if (report.state === 'heard') return 'Its committee is being drawn, or looks for itself and votes.';
  const ended = report.state === 'closed';
  switch (report.outcome) {
    case 'undecided':
      return ended
        ? 'No two thirds of the seats agreed; the bond came back.'
        : 'No two thirds of the seats agreed, or there was no committee; the arbitrator decides if anybody asks.';
    case 'dismissed':
      return ended
        ? `The committee saw nothing; ${dollars(report.toAccused)} went to the accused, ${dollars(report.burned)} burned.`
        : 'The committee saw nothing, which proves no innocence; the bond is lost unless an appeal says otherwise.';
    case 'upheld':
      return report.kind === 'name'
        ? `The name impersonates${ended ? ' and was freed' : ''}.`
        : 'The endpoint serves the model without signing; it is delisted.';
    case 'traced':
      return ended
        ? `The leak was traced to a license; of its leak bond ${dollars(report.burned)} burned.`
        : 'The leak is traced to a license, which is barred; its leak bond is taken if no appeal says otherwise.';
  }
}

interface StepWords {
  title: string;
  tone: Tone;
  body?: string;
}

/** One event of a report's story for people; undefined for what says nothing more. */
export function stepWords({ name, args }: ReportEvent): StepWords | undefined {
  const by = (key: string): string => shortHex(args[key] ?? '');
  switch (name) {
    case 'LeakReported':
      return { title: `Reported by ${by('reporter')}`, tone: 'risk', body: args['endpoint'] ?? '' };
    case 'NameReported':
      return { title: `Reported by ${by('reporter')}`, tone: 'risk' };
    case 'EvidenceSubmitted':
      return { title: `${by('by')} points to evidence`, tone: 'evidence', ...shown(args) };
    case 'CommitteeSummoned':
      return { title: args['draw'] === '1' ? 'A committee is summoned' : 'It is drawn again', tone: 'plain' };
    case 'CommitteeDrawn': {
      const { length } = jurorsIn(args['jurors']);
      return { title: length === 1 ? '1 juror is drawn' : `${length} jurors are drawn`, tone: 'accent' };
    }
    case 'VoteCommitted':
      return { title: `${by('juror')} voted, sealed`, tone: 'plain' };
    case 'VoteRevealed':
      return {
        title: `${by('juror')} shows its vote: ${REPORT_OUTCOMES[Number(args['vote'])] ?? 'unknown'}`,
        tone: 'evidence',
        ...shown(args),
      };
    case 'JurorPenalised':
      return { title: `${by('juror')} stayed away and lost ${dollars(BigInt(args['amount'] ?? 0))}`, tone: 'slashed' };
    case 'CommitteeEnded':
      return { title: args['state'] === '3' ? 'The votes are counted' : 'There is no committee', tone: 'accent' };
    case 'ReportDecided':
      return { title: `Verdict: ${REPORT_OUTCOMES[Number(args['outcome'])] ?? 'unknown'}`, tone: 'risk' };
    case 'EndpointDelisted':
      return { title: 'The endpoint is delisted', tone: 'slashed' };
    case 'EndpointRelisted':
      return { title: 'The endpoint is listed again', tone: 'money' };
    case 'ReportAppealed':
      return { title: `Appealed by ${by('appellant')}`, tone: 'risk' };
    case 'ReportRuled':
      return {
        title: `The arbitrator rules: ${REPORT_OUTCOMES[Number(args['outcome'])] ?? 'unknown'}`,
        tone: 'accent',
      };
    case 'ReportClosed':
      return { title: 'Closed, everybody is credited', tone: 'money' };
    default:
      return undefined;
  }
}

/** What a document says that carries itself; else where it is. It is shown as text and never followed. */
function shown(args: Record<string, string>): { body?: string } {
  const uri = args['evidenceUri'];
  return uri ? { body: readInline(uri) ?? uri } : {};
}

function jurorsIn(json: string | undefined): unknown[] {
  try {
    const jurors: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(jurors) ? jurors : [];
  } catch {
    return [];
  }
}
