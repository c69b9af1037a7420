import { answerIndex } from '@oml/protocol/code-book';
import type { Hex } from 'viem';
import type { CodeBook } from './code-book.ts';

/** The answer that the beacon chose for one key. */
export interface Selection {
  candidate: Hex;
  outcome: number;
}

/** Which candidate of each key is the answer, by the beacon of a block after the commitment (protocol §5). In key order. */
export function selectAnswers(book: CodeBook, beacon: Hex): Selection[] {
  return book.keys.map((key) => {
    const at = answerIndex(beacon, key.salt, key.keyHash, book.bits);
    return { candidate: key.candidates[at]!, outcome: key.outcomes[at]! };
  });
}
