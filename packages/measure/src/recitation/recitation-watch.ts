import { OmlError } from '@oml/protocol/error';
import { spaced } from './longest-recitation.ts';

/** Texts that no answer may recite, indexed. */
export interface ProtectedCorpus {
  /** Blanks written alike. */
  text: string;
  /** So many characters in a row are a recitation. */
  least: number;
  /** Passages of `gram` characters at every multiple of `gram`: each run of `least` holds one of them whole. */
  places: ReadonlyMap<string, number[]>;
  gram: number;
}

const MOST_CHARACTERS = 5_000_000;
const FEWEST = 20;
/** Of a passage that stands more often than that the first places are looked at. */
const MOST_PLACES = 200;

/**
 * Indexes texts for {@link RecitationWatch}; memory is about a hundredth of what every passage would take. Throws
 * REQUEST_INVALID for more text than is held, and for runs so short that everybody writes them.
 */
export function protectCorpus(texts: readonly string[], least: number): ProtectedCorpus {
  const text = texts.map(spaced).join('\n');
  if (!Number.isInteger(least) || least < FEWEST)
    throw new OmlError('REQUEST_INVALID', `Fewer than ${FEWEST} characters in a row everybody writes.`);
  if (text.length < least || text.length > MOST_CHARACTERS)
    throw new OmlError(
      'REQUEST_INVALID',
      `The protected texts have ${text.length} characters; from ${least} to ${MOST_CHARACTERS} are taken.`,
    );
  const gram = (least + 1) >> 1;
  const places = new Map<string, number[]>();
  for (let at = 0; at + gram <= text.length; at += gram) {
    const passage = text.slice(at, at + gram);
    const known = places.get(passage);
    if (!known) places.set(passage, [at]);
    else if (known.length < MOST_PLACES) known.push(at);
  }
  return { text, least, places, gram };
}

/** A place in the corpus that a text is going along. */
interface Run {
  /** The next character, if it goes on. */
  next: number;
  /** How many stand behind. */
  length: number;
}

/**
 * Watches a text while it is made, and holds back its last characters until they are no part of a recitation: what it
 * lets out recites no run of `least` characters of the corpus, and once it met one it lets out nothing from its
 * beginning on (the retrieval check of Chen et al., arXiv 2408.13278, §5, as an exact match).
 */
export class RecitationWatch {
  private readonly corpus: ProtectedCorpus;
  /** What is not let out yet, as it was written. */
  private held = '';
  /** The last characters with blanks alike, `least` at most, and where in `held` each begins. */
  private tail = '';
  private starts: number[] = [];
  private runs: Run[] = [];
  private isOver = false;

  constructor(corpus: ProtectedCorpus) {
    this.corpus = corpus;
  }

  /** Takes the next piece; gives what may go out by now, and whether the text ends there. */
  take(piece: string): { out: string; recites: boolean } {
    if (this.isOver) return { out: '', recites: true };
    for (const unit of piece) {
      const at = this.held.length;
      this.held += unit;
      const char = /^\s$/u.test(unit) ? ' ' : unit;
      if (char === ' ' && this.tail.endsWith(' ')) continue;
      for (let i = 0; i < char.length; i++) if (this.follow(char[i]!, at)) return this.end();
    }
    const safe = this.starts[0] ?? this.held.length;
    return { out: this.release(this.tail.length < this.corpus.least - 1 ? 0 : safe), recites: false };
  }

  /** What was held back, once the text is at its own end. */
  rest(): string {
    return this.isOver ? '' : this.release(this.held.length);
  }

  /** One more character; is it the last of a recitation? */
  private follow(char: string, at: number): boolean {
    const { text, places, gram, least } = this.corpus;
    // One less than a recitation is held: with the next it would be one.
    if (this.tail.length === least) [this.tail, this.starts] = [this.tail.slice(1), this.starts.slice(1)];
    this.tail += char;
    this.starts.push(at);
    this.runs = this.runs.flatMap(({ next, length }) =>
      text[next] === char ? [{ next: next + 1, length: length + 1 }] : [],
    );
    for (const place of places.get(this.tail.slice(-gram)) ?? []) {
      const next = place + gram;
      if (!this.runs.some((run) => run.next === next)) this.runs.push({ next, length: this.behind(next) });
    }
    return this.runs.some(({ length }) => length >= least);
  }

  /** How many of the last characters are those before a place of the corpus. */
  private behind(next: number): number {
    const { text } = this.corpus;
    let length = 0;
    while (length < this.tail.length && text[next - 1 - length] === this.tail.at(-1 - length)) length++;
    return length;
  }

  private end(): { out: string; recites: true } {
    const out = this.release(this.starts[this.tail.length - this.corpus.least] ?? 0);
    this.isOver = true;
    return { out, recites: true };
  }

  private release(count: number): string {
    const out = this.held.slice(0, count);
    this.held = this.held.slice(count);
    this.starts = this.starts.map((start) => start - count);
    return out;
  }
}
