import { COMMITTEE_STATE, REPORT_STATE } from '@oml/protocol/chain/report-state';
import { isOmlError } from '@oml/protocol/error';
import { QUICKNET } from '@oml/protocol/evidence/beacon';
import { connectBeacon } from '@oml/service/beacon';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';
import { committeesAt, courtAt, readReport, timeOf } from './report-view.ts';

/** Tickets that one transaction looks at. */
const LOOKS = 64n;

export interface Done {
  step: string;
  tx: Hex;
}

/**
 * Does everything about a report that is due and that anybody may do: posts the round, draws, counts, decides, closes.
 * Returns what it did, and what it waits for; undefined once the report is closed.
 */
export async function closeReport(chain: Chain, id: bigint): Promise<{ done: Done[]; waitsFor: string | undefined }> {
  const beacon = connectBeacon({ chain, chainHash: QUICKNET.hash });
  const done: Done[] = [];
  const act = async (step: string, call: Parameters<Chain['send']>[0]) =>
    void done.push({ step, tx: (await chain.send(call)).transactionHash });

  for (;;) {
    const { report, committee } = await readReport(chain, id);
    const { timestamp: now } = await chain.publicClient.getBlock();
    const { committeeId } = report;
    if (report.state === REPORT_STATE.CLOSED) return { done, waitsFor: undefined };
    if (report.state !== REPORT_STATE.HEARD) {
      if (report.state !== REPORT_STATE.RULED && now <= report.appealBy)
        return { done, waitsFor: `${waited(report.state)} until ${timeOf(report.appealBy)}` };
      await act('close', { ...courtAt(chain), functionName: 'close', args: [id] });
    } else if (committee.state >= COMMITTEE_STATE.COUNTED) {
      await act('decide', { ...courtAt(chain), functionName: 'decide', args: [id] });
    } else if (committee.state === COMMITTEE_STATE.DRAWING) {
      if (!(await isDrawable(committee.round))) return { done, waitsFor: `round ${committee.round} of the beacon` };
      await act('draw', { ...committeesAt(chain), functionName: 'draw', args: [committeeId, LOOKS] });
    } else {
      const tooFew = now > committee.voteBy && 3 * committee.committed < 2 * committee.seats;
      if (committee.shown < committee.seats && now <= committee.revealBy && !tooFew)
        return { done, waitsFor: `the votes, until ${timeOf(committee.revealBy)} at the latest` };
      await act('count', { ...committeesAt(chain), functionName: 'count', args: [committeeId] });
    }
  }

  /** Its value is known, or will never be: either way the draw can go on. */
  async function isDrawable(round: bigint): Promise<boolean> {
    try {
      const posted = await beacon.valueOf(round);
      if (posted?.tx) done.push({ step: 'post the round', tx: posted.tx });
      return posted !== undefined;
    } catch (error) {
      if (isOmlError(error) && error.code === 'BEACON_MISSED') return true;
      throw error;
    }
  }
}

const waited = (state: number): string =>
  state === REPORT_STATE.APPEALED ? 'the arbitrator, or' : 'an appeal, which anybody may make';
