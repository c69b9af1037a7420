import { answerIndex } from '@oml/protocol/evidence/answer';
import { compareCandidates, isPrefixOf } from '@oml/protocol/evidence/candidate';
import { codeBookTree, type Leaf } from '@oml/protocol/evidence/code-book';
import { headMatches } from '@oml/protocol/evidence/head';
import { hitPoints } from '@oml/protocol/evidence/score';
import type { Hex } from 'viem';
import { outcomeHeads } from '../code-book/candidates.ts';
import { drawKeys } from '../code-book/keys.ts';
import { deriveHex, secretRandom, shuffle } from '../code-book/secret.ts';
import { weighEvidence } from '../evidence/e-process.ts';
import { evidenceThreshold, walkEvidence } from '../evidence/evidence.ts';
import { keyHashOf } from '../subject/prompt.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';

export interface ForgeryOptions extends Progress {
  /** A clean model that somebody else serves: the victim. */
  control: Subject;
  ordinary: Ordinary;
  /** Books of so many keys, of so many bits. */
  cases: readonly { bits: number; keys: number }[];
  /** Per case. Each batch meets a new code book, a new beacon and a new draw. */
  batches: number;
}

export interface ForgedClaims {
  bits: number;
  keys: number;
  rule: string;
  batches: number;
  /** Share of batches in which the rule would have believed the owner at some point. */
  rate: number;
  bound: number;
}

/** A leaf whose owner knows what the victim answers, and has put that among the candidates. */
interface ForgedKey extends Pick<Leaf, 'index' | 'keyHash' | 'salt' | 'bits'> {
  /** Where the victim's own answer stands among the sorted candidates. */
  place: number;
}

interface ForgedBook {
  root: Hex;
  keys: ForgedKey[];
}

const OWNER = new TextEncoder().encode('an owner who claims what is not theirs');
/** Items of a batch: enough for the threshold of the chain. */
const ITEMS = 48;
const SCORES = [6, 10];
const LEVELS = [1e-2, 1e-3, 1e-6];

/**
 * A malicious owner asks a clean public model, commits the keys together with its very answers as candidates, and
 * claims that a host of that model
 * serves theirs. All that stands in the way is the beacon, which picks the answers after the commitment. A key that a
 * batch draws again is a miss, as
 * in the court. Throws CODE_BOOK_INVALID where the model has too few answers for the bits, ABORTED.
 */
export async function forgeClaims(options: ForgeryOptions): Promise<ForgedClaims[]> {
  const found: ForgedClaims[] = [];
  for (const { bits, keys } of options.cases)
    found.push(...simulate(await forgeBook(options, bits, keys), bits, options));
  return found;
}

async function forgeBook(
  { control, ordinary, ...progress }: ForgeryOptions,
  bits: number,
  count: number,
): Promise<ForgedBook> {
  const random = secretRandom(OWNER, `book of ${count} keys of ${bits} bits`);
  const prompts = await drawKeys(control, OWNER, 'keys', count, ordinary, progress);
  const view = await openView(control);
  const answers = await view.heads(prompts).finally(() => view.dispose());
  const heads = outcomeHeads(control).filter((head) => head !== undefined);
  const leaves = prompts.map((prompt, index) => {
    const keyHash = keyHashOf(prompt);
    return {
      index,
      keyHash,
      candidates: candidatesAround(answers[index]!, shuffle(heads, random), 2 ** bits),
      bits,
      salt: deriveHex(OWNER, `salt ${keyHash}`),
    };
  });
  const root = codeBookTree(leaves).root as Hex; // Throws where the court would refuse the leaves.
  const keys = leaves.map(({ candidates, ...leaf }, i) => ({
    ...leaf,
    place: candidates.findIndex((candidate) => headMatches(answers[i]!, candidate)),
  }));
  return { root, keys };
}

/** The victim's own answer and others that are no prefix of it or of each other, sorted. */
function candidatesAround(answer: Hex, others: readonly Hex[], size: number): Hex[] {
  const taken = [answer];
  for (const head of others) {
    if (taken.length === size) break;
    if (!taken.some((other) => isPrefixOf(head, other) || isPrefixOf(other, head))) taken.push(head);
  }
  return taken.sort(compareCandidates);
}

function simulate(
  { root, keys: book }: ForgedBook,
  bits: number,
  { batches, ...progress }: ForgeryOptions,
): ForgedClaims[] {
  const random = secretRandom(OWNER, `batches of ${book.length} keys of ${bits} bits`);
  const scores = [...SCORES, evidenceThreshold(batches)];
  const believed = new Map<string, number>();
  const believe = (rule: string): void => void believed.set(rule, (believed.get(rule) ?? 0) + 1);
  for (let batch = 0; batch < batches; batch++) {
    if (batch % 1000 === 0) report(progress, 'forged claims', batch / batches);
    const beacon = deriveHex(OWNER, `beacon ${bits} ${book.length} ${batch}`);
    const asked = new Set<number>();
    const items = Array.from({ length: ITEMS }, () => {
      const at = random.below(book.length);
      const isNew = !asked.has(at);
      asked.add(at);
      const key = book[at]!;
      return { isNew, hit: isNew && answerIndex({ root, beacon }, key) === key.place, points: hitPoints(bits) };
    });
    for (const score of scores) if (walkEvidence(items, score).verdict === 'match') believe(walkRule(score));
    const { highestLogE } = weighEvidence(
      items.filter(({ isNew }) => isNew).map(({ hit }) => ({ hit, chance: 2 ** -bits })),
    );
    for (const level of LEVELS) if (highestLogE >= -Math.log(level)) believe(levelRule(level));
  }
  const row = (rule: string, bound: number): ForgedClaims => ({
    bits,
    keys: book.length,
    rule,
    batches,
    rate: (believed.get(rule) ?? 0) / batches,
    bound,
  });
  return [
    ...scores.map((score) => row(walkRule(score), 2 ** -score)),
    ...LEVELS.map((level) => row(levelRule(level), level)),
  ];
}

const walkRule = (score: number): string => `evidence walk, score ${score}`;
const levelRule = (level: number): string => `e-process, level ${level}`;
