import type { Database } from '@oml/db/client';
import { endDelivery, handOver, takeDeliveries, type Ending, type TakenDelivery } from '@oml/db/site/deliveries';
import type { SendingRow } from '@oml/db/site/subscriptions';
import type { Logger } from '@oml/service/logger';
import { randomUUID } from 'node:crypto';
import type { Handed } from './handed.ts';
import { mailOf } from './mail-of.ts';
import type { PostOffice } from './post-office.ts';
import { postWebhook } from './webhook.ts';

export interface SenderParts {
  db: Database;
  office: PostOffice;
  /** May webhooks stand on private or loopback addresses? */
  allowPrivate: boolean;
  logger: Logger;
  /** Waits before the second try and the next ones, in ms. */
  waitsMs?: readonly number[];
}

const AT_ONCE = 8;
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const WAITS_MS = [10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];

/** Sends what is due, until nothing is. Logs say what kind of notice went by which channel, and nothing of to whom. */
export function createSender({ db, office, allowPrivate, logger, waitsMs = WAITS_MS }: SenderParts) {
  const owner = randomUUID();

  const hand = async (delivery: TakenDelivery): Promise<Handed> =>
    delivery.subscription.channel === 'webhook'
      ? postWebhook(delivery, allowPrivate)
      : office.hand(mailOf(delivery), () => handOver(db, owner, delivery));

  async function send(delivery: TakenDelivery): Promise<void> {
    const { key, attempts, notice, subscription } = delivery;
    const handed = await hand(delivery).catch((error: unknown): Handed => ({
      state: 'later',
      code: (error as { code?: string }).code ?? 'INTERNAL',
    }));
    const ending = endingOf(handed, waitsMs[attempts - 1], subscription);
    const facts = { channel: subscription.channel, kind: notice?.kind ?? key, attempts, end: ending.state };
    if (handed.state === 'sent') logger.info(facts, 'a notice was sent');
    else logger.warn({ ...facts, ...('code' in handed ? { code: handed.code } : {}) }, 'a notice was not sent');
    await endDelivery(db, owner, delivery, ending);
  }

  return async function sendDue(isStopping: () => boolean = () => false): Promise<void> {
    while (!isStopping()) {
      const taken = await takeDeliveries(db, owner, AT_ONCE);
      if (taken.length === 0) return;
      await Promise.all(taken.map(send));
    }
  };
}

/** `waitMs` undefined: that was the last try. A mail server that is down says nothing about whom a mail is for. */
function endingOf(handed: Handed, waitMs: number | undefined, { channel }: SendingRow): Ending {
  if (handed.state === 'sent' || handed.state === 'unsure') return { state: handed.state };
  if (handed.state === 'later' && waitMs !== undefined) return { state: 'failed', retryMs: waitMs };
  if ('isGone' in handed && handed.isGone) return { state: 'failed', fault: 'gone' };
  return { state: 'failed', ...(channel === 'webhook' ? { fault: 'target' } : {}) };
}
