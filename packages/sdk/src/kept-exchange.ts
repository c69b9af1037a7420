import { isOmlError } from '@oml/protocol/error';
import { paymentOf } from './calls.ts';
import { exchange, type Asked, type Exchanged, type ExchangeOptions, type Paid } from './exchange.ts';
import type { Payment } from './payment.ts';
import { codeOf } from './send-paid.ts';

/** Under these a payment never becomes good again. */
const DEAD: readonly (string | undefined)[] = ['PAYMENT_EXPIRED', 'PAYMENT_INVALID', 'PAYMENT_SHORT', 'PAYMENT_USED'];
/** A host gives the same answer again: a receipt that is for another one stays so, and what is too large is. */
const NEVER_FITS: readonly string[] = ['RECEIPT_MISMATCH', 'REQUEST_TOO_LARGE'];

/** Would the same call end in the same error, however often it is asked for? */
export const isFinal = (error: unknown): boolean => isOmlError(error) && NEVER_FITS.includes(error.code);

/**
 * {@link exchange}, with single payments kept from their signature until `onReceipt` has heard of their receipt. The
 * very same call as one that was lost is asked with the payment of that one.
 */
export async function keptExchange(
  options: ExchangeOptions,
  asked: Asked,
  onReceipt: (paid: Paid<Payment>) => void = () => {},
): Promise<Exchanged> {
  const { calls, deployment } = options;
  const kept =
    calls && !asked.earlier ? await calls.retake(asked.request.url, await asked.request.clone().text()) : undefined;
  const again = kept && { nonceSalt: kept.nonceSalt, earlier: paymentOf(kept, deployment) };
  const exchanged = await exchange(options, { ...asked, ...again }).catch((error: unknown) => {
    const header = kept?.header ?? (isOmlError(error) ? error.details['header'] : undefined);
    if (typeof header === 'string') calls?.lose(header);
    throw error;
  });
  const { payment, answer, response } = exchanged;
  const header = payment && 'authorization' in payment ? payment.header : undefined;
  if (!answer) {
    if (header && DEAD.includes(await codeOf(response))) await calls?.close(header);
    else if (header) calls?.lose(header);
    return exchanged;
  }
  let isOver = false;
  return {
    ...exchanged,
    answer: {
      ...answer,
      explain(error) {
        isOver ||= isFinal(error);
        return answer.explain(error);
      },
      async check(...given) {
        const paid = await answer.check(...given);
        onReceipt(paid);
        if (header) await calls?.close(header);
        return paid;
      },
      onEnd() {
        answer.onEnd();
        if (!header) return;
        if (!isOver) return calls?.lose(header);
        void calls?.close(header).catch(() => calls.lose(header)); // it ends so the next time
      },
    },
  };
}
