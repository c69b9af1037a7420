/** Where an answer says again what stands in a corpus. */
export interface Recited {
  /** Characters in a row. */
  length: number;
  /** Where it begins, in the answer and in the corpus. */
  at: number;
  from: number;
}

/** A corpus in which long passages of an answer are found. */
export interface CorpusIndex {
  text: string;
  /** Where each passage of {@link gram} characters stands. */
  places: ReadonlyMap<string, number[]>;
  gram: number;
}

/** Of a passage that stands very often only so many places are looked at. */
const MOST_PLACES = 2_000;

/** Texts are compared without regard to how blanks are written. */
export const spaced = (text: string): string => text.replace(/\s+/gu, ' ');

/** Indexes a corpus by its passages of `gram` characters: shorter recitations are not looked for. */
export function indexCorpus(text: string, gram: number): CorpusIndex {
  const places = new Map<string, number[]>();
  for (let at = 0; at + gram <= text.length; at++) {
    const passage = text.slice(at, at + gram);
    const known = places.get(passage);
    if (!known) places.set(passage, [at]);
    else if (known.length < MOST_PLACES) known.push(at);
  }
  return { text, places, gram };
}

/** The longest passage of the corpus that an answer contains; undefined where none has `gram` characters. */
export function longestRecitation({ text, places, gram }: CorpusIndex, answer: string): Recited | undefined {
  let best: Recited | undefined;
  for (let at = 0; at + gram <= answer.length; at++)
    for (const from of places.get(answer.slice(at, at + gram)) ?? []) {
      // What is no longer than the best differs by then.
      if (best && answer[at + best.length] !== text[from + best.length]) continue;
      let length = gram;
      while (at + length < answer.length && answer[at + length] === text[from + length]) length++;
      if (!best || length > best.length) best = { length, at, from };
    }
  return best;
}
