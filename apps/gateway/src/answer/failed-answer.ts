import { OmlError } from '@oml/protocol/error';
import type { InHand } from '../payment/in-hand.ts';

/** What the client hears where there is no answer, and what becomes of its payment. */
export function failedAnswer(
  { paymentRef, isTaken }: Pick<InHand, 'paymentRef' | 'isTaken'>,
  cause: unknown,
): OmlError {
  const says = isTaken
    ? 'The model did not give the answer. The same payment is good for one answer of it, to this request or another.'
    : 'The model did not give the answer. Nothing is charged for it: ask again.';
  return new OmlError('ANSWER_FAILED', says, { details: { paymentRef, owed: isTaken }, cause });
}
