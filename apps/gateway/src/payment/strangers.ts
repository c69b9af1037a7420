import { OmlError } from '@oml/protocol/error';
import type { Sent } from './sent.ts';

/** So many payments a second that nobody signed are looked at in full, and hear why they are refused. */
const HEARD_A_SECOND = 50;

/**
 * Counts payments that nobody signed. While they come in a flood, who brings one is told to go before the request is
 * read; who signs hears nothing of it. Throws UNAVAILABLE.
 */
export type TurnAway = (sent: Pick<Sent, 'payer'> | undefined) => void;

/** Tells those who sign their payments from those who only send some. */
export function createDoorman(heardASecond = HEARD_A_SECOND): TurnAway {
  let second = 0;
  let strangers = 0;
  return (sent) => {
    if (!sent || sent.payer !== undefined) return;
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) strangers = Math.max(0, strangers - heardASecond * (now - second));
    second = now;
    const isFlood = strangers >= heardASecond;
    if (strangers < 2 * heardASecond) strangers++;
    if (!isFlood) return;
    throw new OmlError('UNAVAILABLE', 'This payment is not signed by its payer, and too many of the kind come.', {
      retryable: true,
      details: { retryAfter: 2 },
    });
  };
}
