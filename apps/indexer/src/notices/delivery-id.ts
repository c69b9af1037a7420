import type { TakenDelivery } from '@oml/db/site/deliveries';
import { createHash } from 'node:crypto';

/**
 * The one name of a notice to one subscription, in hex: file, Message-ID and webhook-id alike, so that whoever gets it
 * twice can tell.
 */
export const deliveryId = ({ subscription, key }: Pick<TakenDelivery, 'subscription' | 'key'>): string =>
  createHash('sha256').update(`${subscription.subscriptionId}\n${key}`).digest('hex').slice(0, 40);
