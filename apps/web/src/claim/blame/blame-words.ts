import { BLAME_FINDINGS, type BlameFinding } from '@oml/protocol/chain/blame-state';
import { REPORT_OUTCOMES } from '@oml/protocol/chain/report-state';
import { dollars } from '@oml/ui/dollars';
import type { ShownBlame, ShownCommittee } from '#claim/shown-claim.ts';

const FINDING_WORDS: Record<BlameFinding, string> = {
  'not-repeated': 'not repeated',
  repeated: 'repeated',
};

/** Who hears a blame, in one sentence. */
export function heardBy({ committee, state }: ShownBlame): string {
  if (state === 'appealed' || state === 'ruled') return 'The arbitrator';
  if (!committee) return 'A committee that is not known yet';
  const seated = new Set(committee.jurors).size;
  switch (committee.state) {
    case 'drawing':
      return `A committee that is being drawn, draw ${committee.draw} of 3`;
    case 'voting':
      return `${seated} ${seated === 1 ? 'juror runs' : 'jurors run'} the editions`;
    case 'counted':
      return `${seated} ${seated === 1 ? 'juror' : 'jurors'}, whose votes are counted`;
    case 'unseated':
      return 'No committee: too few jurors sat';
  }
}

/** Seats by what they found. A committee counts by number; in a blame the numbers are findings. */
export function findings({ votes }: Pick<ShownCommittee, 'votes'>): string {
  const shown = REPORT_OUTCOMES.flatMap((outcome, i) => {
    const finding = BLAME_FINDINGS[i];
    const seats = votes[outcome];
    return finding && finding !== 'none' && seats ? [`${seats} ${FINDING_WORDS[finding]}`] : [];
  });
  return shown.join(', ') || 'none shown yet';
}

/** What the verdict means for the host. */
export function verdictWords({ state, upheld, deposit }: ShownBlame): string {
  if (upheld === undefined) return 'No verdict yet.';
  const stands = state === 'closed';
  if (upheld)
    return stands
      ? 'Upheld: the editions answer these keys by themselves. The title bonds pay before the host, and the models are marked.'
      : 'Upheld so far: the editions answer these keys by themselves.';
  return stands
    ? `Not upheld: the claim ended as any other, and the deposit of ${dollars(deposit)} is gone.`
    : `Not upheld so far: the slash stands, and the deposit of ${dollars(deposit)} is lost with it.`;
}

/** What happens until when; undefined where no clock runs. */
export function clockOf({ state, committee, appealBy }: ShownBlame): { what: string; at: Date } | undefined {
  if (state === 'decided' && appealBy) return { what: 'Appeal until', at: appealBy };
  if (state === 'appealed' && appealBy) return { what: 'Ruling until', at: appealBy };
  if (state !== 'heard' || committee?.state !== 'voting') return undefined;
  if (committee.voteBy && committee.voteBy > new Date()) return { what: 'Votes until', at: committee.voteBy };
  return committee.revealBy && { what: 'Votes shown until', at: committee.revealBy };
}

export type BlameAct = 'decide' | 'appeal' | 'close' | 'appealMarks';

/** What anybody may do about a blame right now. */
export function actsOf({ state, committee, appealBy, upheld }: ShownBlame, now: Date): BlameAct[] {
  const isOver = appealBy !== undefined && appealBy < now;
  switch (state) {
    case 'heard':
      return committee?.state === 'counted' || committee?.state === 'unseated' ? ['decide'] : [];
    case 'decided':
      return [isOver ? 'close' : 'appeal'];
    case 'appealed':
      return isOver ? ['close'] : [];
    case 'ruled':
      return ['close'];
    case 'closed':
      return upheld ? ['appealMarks'] : [];
  }
}

/** The same as one sentence. */
export const BLAME_ACTS: Record<BlameAct, { label: string; note: string }> = {
  decide: { label: 'Apply the verdict', note: 'The committee has ended: anyone may have its verdict applied.' },
  appeal: { label: 'Take it to the arbitrator', note: 'Anyone who pays the arbitrator’s fee may appeal.' },
  close: {
    label: 'Close the blame',
    note: 'Nothing can be appealed any more: anyone may end it, and the claim with it.',
  },
  appealMarks: {
    label: 'Ask to lift the marks',
    note: 'Anyone who pays the arbitrator’s fee may ask it to lift the marks from the models.',
  },
};

/** Who can act on a blame, where nobody can press anything yet. */
export function waitsFor({ state, committee }: ShownBlame): string {
  if (state === 'appealed') return 'The arbitrator rules; if it is silent, the verdict stands and anyone may close.';
  if (state === 'closed') return 'The blame is over. Nobody can act on it.';
  return committee?.state === 'voting'
    ? 'The jurors ask each hit’s key of the edition that it names, and vote blind.'
    : 'The beacon draws the committee among the verifiers’ tickets.';
}
