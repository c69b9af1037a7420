import type { Driver } from '@oml/program/driver';
import { COMMITTEE_STATE } from '@oml/protocol/chain/report-state';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Committees } from '../chain/committees.ts';
import { revertName } from '../chain/send-unless.ts';
import type { DutyContext } from './duty-context.ts';
import { duty } from './duty.ts';

export interface Attendance {
  chain: Chain;
  committees: Committees;
  driver: Driver<DutyContext>;
  /** Tickets that this verifier wants to hold. */
  tickets: number;
  logger: Logger;
}

/** Blocks that are read again, should a rollback have put other committees there. */
const REREAD = 16n;

/** Holds as many tickets as are wanted, and begins a duty for every draw that they may be part of. */
export function createAttendance({ chain, committees, driver, tickets, logger }: Attendance): () => Promise<void> {
  let next = BigInt(chain.deployment.deployedAtBlock);
  return async () => {
    const held = Number(await committees.tickets());
    if (held < tickets) await enrol(tickets - held);
    const head = await chain.publicClient.getBlockNumber();
    for (const { committeeId, draw } of await committees.summoned(next, head)) {
      const { state, draw: now } = await committees.read(committeeId);
      if (draw !== now || state > COMMITTEE_STATE.VOTING) continue;
      const id = `duty-${committeeId}-${draw}`;
      if (!(await driver.runs.find(duty, id))) await driver.order(duty, { committeeId: String(committeeId), draw }, id);
    }
    next = head > REREAD ? head - REREAD : 0n;
  };

  async function enrol(count: number): Promise<void> {
    try {
      await committees.enrol(count);
      logger.info({ count }, 'tickets enrolled');
    } catch (error) {
      // The stake is on its way, or has left.
      if (revertName(error) !== 'VerifierRegistry_NotStaked' && revertName(error) !== 'VerifierRegistry_StakeTooLow')
        throw error;
    }
  }
}
