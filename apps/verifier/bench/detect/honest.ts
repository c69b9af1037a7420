import { answerIndex } from '@oml/protocol/evidence/answer';
import { headMatches } from '@oml/protocol/evidence/head';
import { firstPassage } from '@oml/protocol/evidence/passage';
import { hitPoints } from '@oml/protocol/evidence/score';
import { toHex, type Hex } from 'viem';
import type { CallRecord } from '../../src/programs/call-record.ts';
import { walk, type ProbeResult } from '../../src/programs/evidence-weigh.ts';
import type { Book, Pool } from './pool.ts';
import { drawCleanBatch, type Random } from './runs.ts';

/** What the court holds a batch against. */
export interface Threshold {
  needed: number;
  items: number;
}

/** Chance that one batch matches a clean host, exact: it answers one of 2^b by luck, whatever it answers. */
export const cleanChance = ({ bits }: Book, { needed, items }: Threshold): number =>
  firstPassage({ hitChance: 2 ** -bits, bits, threshold: needed, items }).chance;

/**
 * Periods of a host that pays and is clean: in each the verifier audits sixteen uses and asks one batch, of a code book
 * whose answers another beacon chose. Resolves to how many periods end in a claim, and the highest score of any.
 */
export function claimsInPeriods(
  pool: Pool,
  book: Book & { root: Hex },
  { needed, items }: Threshold,
  periods: number,
  random: Random,
): { claimed: number; highest: number } {
  const points = hitPoints(book.bits, 1);
  const told = new Map<CallRecord, number>();
  let [claimed, highest] = [0, -Infinity];
  for (let period = 0; period < periods; period++) {
    const beacon = toHex(BigInt(Math.floor(random() * 2 ** 48)), { size: 32 });
    const batch = drawCleanBatch(pool, items, book.commonSize, random);
    const results = batch.map((call) => resultUnder(call, { root: book.root, beacon }, told));
    const weighed = walk(results, points, needed);
    const uses = Array.from({ length: 16 }, () => pool.uses.honest[Math.floor(random() * pool.uses.honest.length)]!);
    if (weighed.verdict === 'match' || uses.some(Boolean)) claimed += 1;
    highest = Math.max(highest, weighed.score);
  }
  return { claimed, highest };
}

/** As the beacon would have it; which candidate a clean answer begins with, if any, never changes. */
function resultUnder(call: CallRecord, drawn: { root: Hex; beacon: Hex }, told: Map<CallRecord, number>): ProbeResult {
  const { leaf } = call.probe!;
  const known = told.get(call) ?? leaf.candidates.findIndex((each) => headMatches(call.receipt!.receipt.head, each));
  told.set(call, known);
  return known >= 0 && answerIndex(drawn, leaf) === known ? 'hit' : 'other-answer';
}
