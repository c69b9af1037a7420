import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { COMMITTEE_STATE, REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { isOmlError } from '@oml/protocol/error';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import type { Hex } from 'viem';
import type { DutyContext, Found } from './duty-context.ts';
import { lookAtBlame, type BlameFacts } from './look-at-blame.ts';
import { lookAtLeak, planLeakBatch, type LeakBatch } from './look-at-leak.ts';
import { lookAtName } from './look-at-name.ts';

/** One draw of a committee. */
export interface Duty {
  committeeId: string;
  draw: number;
}

/** `voted`: and was counted. `not-seated`: others were. `declined`: seated, on what its owner does not sit on. */
export type DutyOutcome = 'voted' | 'not-seated' | 'declined' | 'unseated';

interface Steps {
  draw: object;
  read: object;
  blame: BlameFacts;
  batch: LeakBatch;
  ask: LeakBatch & { beacon: Hex };
  commit: Found & Partial<LeakBatch>;
  open: Found & LeakBatch;
  reveal: Found;
  count: object;
  decide: object;
  pay: object;
}

const SOON_MS = 1_000;
const next = nextOf<Steps>();

/**
 * Sits on one draw of a committee: draws it where nobody did, and where a seat falls to this verifier, looks for
 * itself, votes blind, shows its vote, has the votes counted and is paid (protocol §5, committees).
 */
export const duty = defineProgram<Steps, DutyContext, Duty, DutyOutcome>()({
  name: 'duty',
  first: next('draw', {}),
  steps: {
    async draw({ subject }, { committees, beacon }) {
      const { id, it } = await drawOf(subject, committees);
      if (it.draw !== subject.draw || it.state > COMMITTEE_STATE.VOTING)
        return it.state === COMMITTEE_STATE.UNSEATED ? next('decide', {}) : end('not-seated');
      if (it.state === COMMITTEE_STATE.DRAWING) {
        try {
          if (!(await beacon.valueOf(it.round))) return wait(beacon.pollMs);
        } catch (error) {
          if (!isOmlError(error) || error.code !== 'BEACON_MISSED') throw error; // a void round ends the draw as well
        }
        await committees.draw(id, it.draw);
        return wait(SOON_MS / 2, 'looked at tickets');
      }
      const { seats } = await committees.ballot(id);
      if (seats === 0) return end('not-seated', { note: 'the seats fell to others' });
      return next('read', {}, { note: `sits with ${seats} ${seats === 1 ? 'ticket' : 'tickets'}` });
    },

    async read({ id: runId, subject }, context) {
      const { committees, cases, sitsOn, limits } = context;
      const { it } = await drawOf(subject, committees);
      const asked = await cases.of(it);
      if (!asked) return end('declined', { note: 'a court asks that it does not know' });
      if (!sitsOn.has(asked.kind))
        return end('declined', { note: `its owner sits on no ${asked.kind}: the seat costs a part of the stake` });
      if (asked.kind === 'blame') return next('blame', { asked: [] }, { note: 'has the host show its editions' });
      const report = await cases.report(it.caseId);
      if (asked.kind === 'leak') {
        const batch = await planLeakBatch(context, runId, { reportId: it.caseId, ...report });
        if (batch) return next('batch', batch, { note: 'looks for itself, with keys of its own' });
        const evidence = { note: 'the code book has too few keys to say anything' };
        return next('commit', { vote: REPORT_OUTCOME.DISMISSED, evidence }, evidence);
      }
      const name = await cases.nameText(report.subject);
      const { reporter, accused: holder } = report;
      const pointers = await cases.reportPointers(it.caseId);
      const found = name ? await lookAtName({ name, reporter, holder, pointers }, limits) : undefined;
      return next('commit', found ?? { vote: REPORT_OUTCOME.DISMISSED, evidence: { note: 'nobody holds the name' } });
    },

    /** One edition at each visit. */
    async blame(run, context) {
      const { it } = await drawOf(run.subject, context.committees);
      const seen = await lookAtBlame(context, it, run);
      if ('waitMs' in seen) return wait(seen.waitMs, seen.note);
      if ('asked' in seen) return next('blame', seen, { note: `asked ${seen.asked.length} editions` });
      return next('commit', seen, { note: 'asked what the host showed' });
    },

    async batch({ facts }, { batches }) {
      const tx = await batches.commit(facts.opening, facts.batchId);
      const drawn = await batches.draw(facts.batchId);
      if (!drawn) return wait(batches.pollMs);
      return next('ask', { ...facts, beacon: drawn.value }, { tx, note: 'the beacon chose the keys' });
    },

    async ask({ subject, facts, signal }, context) {
      const { it } = await drawOf(subject, context.committees);
      const report = await context.cases.report(it.caseId);
      const found = await lookAtLeak(context, { reportId: it.caseId, ...report }, facts, signal);
      return next('commit', { ...found, ...facts }, { note: `asked the endpoint ${found.evidence['asked']} keys` });
    },

    async commit(run, { committees, cases, salts, me }) {
      const { subject, facts } = run;
      const { id, it } = await drawOf(subject, committees);
      if (it.draw !== subject.draw || it.state !== COMMITTEE_STATE.VOTING || (await committees.now()) > it.voteBy)
        return next('count', {}, { note: 'came too late to vote' });
      const tx = await committees.commit(voteIn(facts, id, subject, { salts, me }));
      const votes = (await cases.of(it))?.votes;
      const said = { tx, note: `committed to ${votes?.[facts.vote]}` };
      const { opening, batchId } = facts;
      return opening && batchId ? next('open', { ...facts, opening, batchId }, said) : next('reveal', facts, said);
    },

    async open({ facts: { opening, batchId, vote, evidence } }, { batches }) {
      return next('reveal', { vote, evidence }, await batches.open(opening, batchId));
    },

    async reveal({ subject, facts }, { committees, salts, me }) {
      const { id, it } = await drawOf(subject, committees);
      if (it.draw !== subject.draw || it.state !== COMMITTEE_STATE.VOTING) return next('count', {});
      const now = await committees.now();
      if (it.committed < it.seats && now <= it.voteBy) return wait(SOON_MS);
      if (3 * it.committed < 2 * it.seats) return next('count', {}, { note: 'too few committed: no vote is shown' });
      if (now > it.revealBy) return next('count', {}, { note: 'came too late to show the vote' });
      const { evidenceUri } = inlineEvidence(facts.evidence);
      const tx = await committees.reveal(voteIn(facts, id, subject, { salts, me }), evidenceUri);
      return next('count', {}, { tx, note: 'showed its vote' });
    },

    async count({ subject }, { committees }) {
      const { id, it } = await drawOf(subject, committees);
      if (it.draw !== subject.draw) return next('pay', {}, { note: 'too few voted: the committee is drawn again' });
      if (it.state !== COMMITTEE_STATE.VOTING) return next('decide', {});
      const now = await committees.now();
      const tooFew = now > it.voteBy && 3 * it.committed < 2 * it.seats;
      if (it.shown < it.seats && now <= it.revealBy && !tooFew) return wait(SOON_MS);
      await committees.count(id, it.draw);
      return wait(SOON_MS / 2, 'has the votes counted');
    },

    async decide({ subject }, { committees, cases }) {
      const { it } = await drawOf(subject, committees);
      if (it.draw !== subject.draw || it.state < COMMITTEE_STATE.COUNTED) return next('pay', {});
      const asked = await cases.of(it);
      if (!(await asked?.isHeard()))
        return next('pay', {}, { note: it.state === COMMITTEE_STATE.COUNTED ? 'decided' : 'no committee could' });
      await asked?.decide();
      return wait(SOON_MS / 2, 'has the verdict applied');
    },

    async pay({ subject }, { committees }) {
      const { id, it } = await drawOf(subject, committees);
      const owed = await committees.owed();
      const tx = await committees.withdraw();
      const said = { tx, note: owed > 0n ? `was paid ${owed}` : 'is owed nothing' };
      if (it.state === COMMITTEE_STATE.UNSEATED) return end('unseated', said);
      return end((await committees.ballot(id)).vote === 0 ? 'not-seated' : 'voted', said);
    },
  },
  /** A vote that is not cast costs a part of the stake: while it can be, whatever stumbles is tried again. */
  rescue: ({ step }, { message }) =>
    step === 'blame' || step === 'commit' || step === 'reveal' ? wait(SOON_MS, message) : undefined,
});

async function drawOf({ committeeId }: Duty, committees: DutyContext['committees']) {
  const id = BigInt(committeeId);
  return { id, it: await committees.read(id) };
}

/** The vote of one draw, the same at every visit. */
function voteIn(
  { vote, evidence }: Found,
  committeeId: bigint,
  { draw }: Duty,
  { salts, me }: Pick<DutyContext, 'salts' | 'me'>,
) {
  const { evidenceHash } = inlineEvidence(evidence);
  return { committeeId, juror: me, vote, evidenceHash, salt: salts(`vote/${committeeId}/${draw}`) };
}
