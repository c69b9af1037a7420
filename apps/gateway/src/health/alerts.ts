import { CODES, isOmlError } from '@oml/protocol/error';
import { sentenceOf } from '@oml/service/error-facts';
import { hideUrl } from '@oml/service/hidden';
import type { Logger } from '@oml/service/logger';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOK_WITHIN_MS, isLate } from '../vault/backlog.ts';
import { FEW_BOOKINGS, type Look } from './look.ts';

/** What an operator should hear of. */
export type AlertCode =
  | 'GAS_LOW'
  | 'BACKLOG_LATE'
  | 'CLAIM_OPENED'
  | 'SUSPENDED'
  | 'ENGINE_DOWN'
  /** A gateway's: its watchtower lacks vouchers. */
  | 'TOWER_DOWN'
  /** A watchtower's: a host does not collect. */
  | 'HOST_BEHIND';

/** As it is posted to ALERT_WEBHOOK, as JSON. */
export interface Alert {
  code: AlertCode;
  /** True where it began, false where it is over. */
  isOn: boolean;
  /** What is the matter, and what to do. */
  text: string;
  facts: Record<string, string | number | boolean>;
  /** Of this gateway. */
  account: string;
  /** ISO 8601. */
  at: string;
}

/** A state that may be told of: `key` tells it from others of its code. */
export interface Condition {
  code: AlertCode;
  key: string;
  text: string;
  facts: Alert['facts'];
}

export interface Alerts {
  /** Tells what is new among all conditions of these codes, and which are over. Never waits, never throws. */
  compare(codes: readonly AlertCode[], conditions: readonly Condition[]): void;
  /** Tells that one condition holds or is over, if that is new. */
  set(condition: Condition, isOn: boolean): void;
  /** Waits, for a while, until what is on its way was told. */
  stop(): Promise<void>;
}

export interface AlertOptions {
  /** Undefined: alerts go to the log alone. */
  webhook: string | undefined;
  account: string;
  logger: Logger;
  /** Waits before the second try and the next ones, in ms. */
  waitsMs?: readonly number[];
}

const TIMEOUT_MS = 10_000;
const WAITS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];
const STOP_MS = 2_000;

/** Posts each change of a state once, in order; a webhook that fails is tried again for a quarter of an hour. */
export function createAlerts({ webhook, account, logger, waitsMs = WAITS_MS }: AlertOptions): Alerts {
  if (webhook) hideUrl(webhook);
  const known = new Map<string, Condition>();
  const stopping = new AbortController();
  let posting: Promise<void> = Promise.resolve();

  function tell({ code, text, facts }: Condition, isOn: boolean): void {
    const alert: Alert = { code, isOn, text, facts, account, at: new Date().toISOString() };
    if (isOn) logger.warn({ alert: code, ...facts }, text);
    else logger.info({ alert: code, ...facts }, `over: ${text}`);
    if (webhook) posting = posting.then(() => post(webhook, alert));
  }

  async function post(url: string, alert: Alert): Promise<void> {
    for (const waitMs of [...waitsMs, undefined]) {
      const failure = await postOnce(url, alert);
      if (failure === undefined) return;
      if (waitMs === undefined || stopping.signal.aborted)
        return logger.error({ alert: alert.code, why: failure }, 'an alert could not be posted');
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const nameOf = ({ code, key }: Condition): string => `${code} ${key}`;
  function set(condition: Condition, isOn: boolean): void {
    const name = nameOf(condition);
    if (known.has(name) === isOn) return;
    if (isOn) known.set(name, condition);
    else known.delete(name);
    tell(condition, isOn);
  }
  return {
    set,
    compare(codes, conditions) {
      const now = new Set(conditions.map(nameOf));
      for (const condition of conditions) set(condition, true);
      for (const [name, before] of known) if (codes.includes(before.code) && !now.has(name)) set(before, false);
    },
    async stop() {
      stopping.abort();
      await Promise.race([posting, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

/** Undefined where it was taken, else why not. */
async function postOnce(url: string, alert: Alert): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alert),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** The codes of {@link conditionsOf}. */
export const LOOKED_AT: readonly AlertCode[] = ['GAS_LOW', 'BACKLOG_LATE', 'CLAIM_OPENED', 'SUSPENDED'];

/** What of a look an operator should hear of. */
export function conditionsOf({ gas, backlog, contests, standing }: Look, now: number): Condition[] {
  const conditions: Condition[] = [];
  if (gas.bookings < FEW_BOOKINGS) conditions.push(gasLow(gas));
  if (backlog.since !== undefined && isLate(backlog.since, now)) {
    const deadline = new Date(backlog.since + BOOK_WITHIN_MS).toISOString();
    conditions.push({
      code: 'BACKLOG_LATE',
      key: '',
      text: `The oldest of ${backlog.uses} uses must be booked by ${deadline}: look at gas and RPC.`,
      facts: { uses: backlog.uses, amount: String(backlog.amount), deadline },
    });
  }
  for (const claimId of contests)
    conditions.push({
      code: 'CLAIM_OPENED',
      key: claimId,
      text: `Claim ${claimId} was made against this host: keep the gateway running, and read the guide for hosts.`,
      facts: { claimId },
    });
  for (const { model, licenseId, why } of standing)
    if (why !== undefined)
      conditions.push({
        code: 'SUSPENDED',
        key: String(licenseId),
        text: `${model} is not sold: ${why}`,
        facts: { model, licenseId: String(licenseId) },
      });
  return conditions;
}

/** The gas account, of a gateway or a watchtower, should be filled up. */
export const gasLow = ({ account, balance, bookings }: Look['gas']): Condition => ({
  code: 'GAS_LOW',
  key: '',
  text: `The gas account ${account} pays for ${bookings} more bookings: send it ETH.`,
  facts: { account, wei: String(balance), bookings },
});

/** How a run of a model ended: a failure of its own is told once, and that it answers again. */
export function engineEnd(alerts: Alerts, model: string, failure: unknown): void {
  if (isOmlError(failure) && CODES[failure.code].status < 500) return; // of what was asked, not of the model
  const why = failure === undefined ? 'it answers again' : `${sentenceOf(failure)} Look at its log and memory`;
  alerts.set(
    { code: 'ENGINE_DOWN', key: model, text: `${model} failed to answer: ${why}.`, facts: { model } },
    failure !== undefined,
  );
}
