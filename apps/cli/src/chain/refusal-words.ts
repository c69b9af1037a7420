import { explainRevert } from '@oml/protocol/chain/revert-words';
import type { Revert } from '@oml/service/revert';

/** What a contract's own error says, and what to do. */
export function wordsOf({ errorName = '', errorArgs = {} }: Partial<Revert>): string {
  const { sentence, next } = explainRevert(errorName, errorArgs);
  return next ? `${sentence} ${next}` : sentence;
}
