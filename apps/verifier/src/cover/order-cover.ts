import type { Driver } from '@oml/program/driver';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Hosts } from '../chain/hosts.ts';
import type { DutyContext } from '../committees/duty-context.ts';
import { disguise } from '../programs/disguise.ts';
import { paidUse } from '../programs/paid-use.ts';
import { cover } from './cover.ts';
import { planCover } from './plan-cover.ts';

export interface CoverParts {
  hosts: Pick<Hosts, 'licenses'>;
  driver: Driver<DutyContext>;
  seed: string;
  /** Unix ms. */
  now?: () => number;
}

/** A round that could not begin so long after its time is left out. */
const LATE_MS = 5 * 60_000;

/** Orders what the plan of the day says, once, and nothing while an audit runs: that hides itself among its decoys. */
export function createCover({ hosts, driver, seed, now = Date.now }: CoverParts): () => Promise<void> {
  return async () => {
    const at = now();
    const due = planCover(seed, at).find((round) => round.at <= at && at < round.at + LATE_MS);
    if (!due || (await driver.runs.find(cover, due.id))) return;
    if ((await driver.runs.list([paidUse, disguise], { state: 'running', limit: 1 })).length > 0) return;
    const active = (await hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
    const chosen = active[Math.floor(due.place * active.length)];
    if (chosen) await driver.order(cover, { licenseId: String(chosen.licenseId), calls: due.calls }, due.id);
  };
}
