import type { TakenDelivery } from '@oml/db/site/deliveries';
import { isOmlError } from '@oml/protocol/error';
import { guardedFetch } from '@oml/service/guarded-fetch';
import { createHmac } from 'node:crypto';
import { deliveryId } from './delivery-id.ts';
import type { Handed } from './handed.ts';

const LIMITS = { timeoutMs: 10_000, maxBytes: 64 << 10 };
const GONE = 410;

/** What a webhook is sent: the same bytes at each try. */
export function webhookBody({ notice, subscription: { account, askedAt } }: TakenDelivery): string {
  if (notice) return JSON.stringify({ type: `notice.${notice.kind}`, timestamp: notice.at, data: notice });
  return JSON.stringify({ type: 'notice.subscribed', timestamp: askedAt.toISOString(), data: { account } });
}

/** Headers of Standard Webhooks 1.0: id, time of this try in Unix seconds, and an HMAC over both and the body. */
export function webhookHeaders(id: string, secret: string, body: string, now: Date): Record<string, string> {
  const at = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}` };
}

/** Posts a delivery to the URL that its account named, which may be anybody's: by the one guarded fetch. */
export async function postWebhook(delivery: TakenDelivery, allowPrivate: boolean): Promise<Handed> {
  const { target, secret = '' } = delivery.subscription;
  const body = webhookBody(delivery);
  const headers = webhookHeaders(`msg_${deliveryId(delivery)}`, secret, body, new Date());
  try {
    const response = await guardedFetch({ ...LIMITS, allowPrivate })(target, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });
    await response.body?.cancel();
    if (response.ok) return { state: 'sent' };
    const code = `HTTP_${response.status}`;
    return response.status === GONE ? { state: 'refused', code, isGone: true } : { state: 'later', code };
  } catch (error) {
    const code = isOmlError(error) ? error.code : 'INTERNAL';
    return { state: code === 'ADDRESS_REFUSED' ? 'refused' : 'later', code };
  }
}
