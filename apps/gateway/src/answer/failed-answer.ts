import { isOmlError, OmlError } from '@oml/protocol/error';
import type { InHand } from '../payment/in-hand.ts';

/** What the client hears where there is no answer, and what becomes of its payment. */
export function failedAnswer(
  { paymentRef, isTaken }: Pick<InHand, 'paymentRef' | 'isTaken'>,
  cause: unknown,
): OmlError {
  const details = { paymentRef, owed: isTaken };
  if (isOmlError(cause) && cause.code === 'ANSWER_WITHHELD') {
    const goodFor = isTaken ? 'The same payment is good for one answer to another request.' : 'Nothing is charged.';
    return new OmlError('ANSWER_WITHHELD', `${cause.message} ${goodFor}`, { details, cause });
  }
  const says = isTaken
    ? 'The model did not give the answer. The same payment is good for one answer of it, to this request or another.'
    : 'The model did not give the answer. Nothing is charged for it: ask again.';
  return new OmlError('ANSWER_FAILED', says, { details, cause });
}

/**
 * What the client hears where it is not known whether answer and charge are written down for good. The same request
 * with the same payment gets that answer if they are, and is answered anew if not: either way it is charged once.
 */
export const unsureAnswer = ({ paymentRef }: Pick<InHand, 'paymentRef'>, cause: unknown): OmlError =>
  new OmlError(
    'ANSWER_UNSURE',
    'The answer was made and may be charged, and the store of this host does not confirm it. ' +
      'Send the same request with the same payment again: it is answered, and charged once.',
    { details: { paymentRef }, cause },
  );
