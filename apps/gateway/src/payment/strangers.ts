import { OmlError } from '@oml/protocol/error';
import type { PayerOf } from './payer.ts';

/** So many payments a second that nobody signed are looked at in full, and hear why they are refused. */
const HEARD_A_SECOND = 50;

export interface Doorman {
  /** Counts whom it does not know. */
  payerOf: PayerOf;
  /**
   * While strangers come in a flood, they are told to go before their request is read. Who signs hears nothing of it.
   * Throws UNAVAILABLE.
   */
  turnAway(header: string | undefined): Promise<void>;
}

/** Tells those who sign their payments from those who only send some. */
export function createDoorman(payerOf: PayerOf, heardASecond = HEARD_A_SECOND): Doorman {
  let second = 0;
  let strangers = 0;
  const count = (): number => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) strangers = Math.max(0, strangers - heardASecond * (now - second));
    second = now;
    return strangers;
  };
  const counting: PayerOf = async (header) => {
    const payer = await payerOf(header);
    if (header !== undefined && payer === undefined && count() < 2 * heardASecond) strangers++;
    return payer;
  };
  return {
    payerOf: counting,
    async turnAway(header) {
      if (header === undefined || count() < heardASecond || (await counting(header)) !== undefined) return;
      throw new OmlError('UNAVAILABLE', 'This payment is not signed by its payer, and too many of the kind come.', {
        retryable: true,
        details: { retryAfter: 2 },
      });
    },
  };
}
