import { CONFIRM } from '@oml/db/site/subscriptions';
import type { TakenDelivery } from '@oml/db/site/deliveries';
import { noticeWords } from '@oml/protocol/wire/notice-words';
import { deliveryId } from './delivery-id.ts';

/** A mail as it is to be written; its text is plain. */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
}

/** The mail of a delivery. What a stranger wrote on chain is in none: notices are numbers, times and words of ours. */
export function mailOf(delivery: TakenDelivery): Mail {
  const { subscription } = delivery;
  const { subject, lines } = delivery.key === CONFIRM ? question(delivery) : told(delivery);
  const { origin, linkToken } = subscription;
  return {
    id: deliveryId(delivery),
    to: subscription.target,
    subject,
    text: `${lines.join('\n\n')}\n`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      // RFC 8058: one press in the reader's mail program.
      'List-Unsubscribe': `<${origin}/api/notices/unsubscribe/${linkToken}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}

function question({ subscription: { account, origin, linkToken } }: TakenDelivery) {
  return {
    subject: 'Do you want notices here?',
    lines: [
      `Somebody with the wallet of ${account} wants notices about that account at this address: claims against it, bonds, releases, payouts.`,
      `If that was you, open this page and press the button, within two days:\n${origin}/notices/confirm/${linkToken}`,
      'If it was not, do nothing: you get no more of these, and the address is forgotten.',
    ],
  };
}

function told({ notice, subscription: { account, origin, linkToken } }: TakenDelivery) {
  if (!notice) throw new TypeError('a mail without a notice');
  const { title, text, next, path } = noticeWords(notice);
  return {
    subject: title,
    lines: [
      text,
      ...(next ? [next] : []),
      `${origin}${path}`,
      `About ${account}, which asked for these notices. No more of them:\n${origin}/notices/unsubscribe/${linkToken}`,
    ],
  };
}
