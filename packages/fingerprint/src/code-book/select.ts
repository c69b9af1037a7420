import { answerIndex } from '@oml/protocol/evidence/answer';
import { concatHex, keccak256, type Hex } from 'viem';
import { rootOf, type CodeBook } from './code-book.ts';

/** The answer that the beacon chose for one key. */
export interface Selection {
  candidate: Hex;
  outcome: number;
  /** The other half of an ordered pair: what a host shows that takes the answer away. Used off chain only. */
  second: { candidate: Hex; outcome: number };
}

/** Tells the draw of second answers from that of first ones. */
const SECOND = '0x02';

/**
 * Which candidate of each key is the answer, by the round of the beacon that its commitment named (protocol §5). In key
 * order.
 */
export function selectAnswers(book: CodeBook, beacon: Hex): Selection[] {
  const root = rootOf(book);
  return book.keys.map((key) => {
    const at = answerIndex({ root, beacon }, { ...key, bits: book.bits });
    const second = secondIndex(beacon, key, at);
    return {
      candidate: key.candidates[at]!,
      outcome: key.outcomes[at]!,
      second: { candidate: key.candidates[second]!, outcome: key.outcomes[second]! },
    };
  });
}

/** `keccak256(beacon, salt, keyHash, 2) mod (2^b − 1)` among the candidates that are not the answer. */
function secondIndex(beacon: Hex, { salt, keyHash, candidates }: CodeBook['keys'][number], first: number): number {
  const among = Number(BigInt(keccak256(concatHex([beacon, salt, keyHash, SECOND]))) % BigInt(candidates.length - 1));
  return among < first ? among : among + 1;
}
