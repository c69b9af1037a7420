/** A word with how often each category has it. */
interface Word {
  symbols: number[];
  counts: Float64Array;
}

/** Two symbols side by side, as one number. */
const SYMBOLS = 2 ** 21;
const pairOf = (left: number, right: number): number => left * SYMBOLS + right;

/** Words by their letters, counted per category. */
export type WordCounts = ReadonlyMap<string, Float64Array>;

/**
 * Texts of several categories under a growing list of merges: how often each pair stands in each of them, kept up as
 * merges are applied, as a trainer of byte-pair encoding does.
 */
export class MergeCounts {
  /** By pair, one count per category. */
  readonly pairs = new Map<number, Float64Array>();
  private readonly words: Word[];
  /** Words that have or had a pair. */
  private readonly where = new Map<number, number[]>();
  private readonly categories: number;

  /** `idOf` gives the id of a letter; words with a letter that has none are counted between its unknown letters. */
  constructor(words: WordCounts, categories: number, idOf: (letter: string) => number | undefined) {
    this.categories = categories;
    this.words = [...words].flatMap(([word, counts]) => knownRuns(word, idOf).map((symbols) => ({ symbols, counts })));
    this.words.forEach((_, at) => this.add(at, 1));
  }

  countsOf(left: number, right: number): Float64Array | undefined {
    return this.pairs.get(pairOf(left, right));
  }

  /** Writes `merged` wherever `left` stands before `right`, from the left. */
  merge(left: number, right: number, merged: number): void {
    const pair = pairOf(left, right);
    for (const at of new Set(this.where.get(pair))) {
      const word = this.words[at]!;
      if (!hasPair(word.symbols, left, right)) continue;
      this.add(at, -1);
      word.symbols = joined(word.symbols, left, right, merged);
      this.add(at, 1);
    }
    this.where.delete(pair);
  }

  private add(at: number, sign: 1 | -1): void {
    const { symbols, counts } = this.words[at]!;
    for (let i = 1; i < symbols.length; i++) {
      const pair = pairOf(symbols[i - 1]!, symbols[i]!);
      let total = this.pairs.get(pair);
      if (!total) this.pairs.set(pair, (total = new Float64Array(this.categories)));
      for (let c = 0; c < this.categories; c++) total[c]! += sign * counts[c]!;
      if (sign === 1) this.note(pair, at);
    }
  }

  private note(pair: number, at: number): void {
    const list = this.where.get(pair);
    if (!list) this.where.set(pair, [at]);
    else if (list.at(-1) !== at) list.push(at);
  }
}

function hasPair(symbols: readonly number[], left: number, right: number): boolean {
  for (let i = 1; i < symbols.length; i++) if (symbols[i - 1] === left && symbols[i] === right) return true;
  return false;
}

function joined(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    out.push(isPair ? merged : symbols[i]!);
    if (isPair) i++;
  }
  return out;
}

function knownRuns(word: string, idOf: (letter: string) => number | undefined): number[][] {
  const runs: number[][] = [[]];
  for (const letter of word) {
    const id = idOf(letter);
    if (id === undefined) runs.push([]);
    else runs.at(-1)!.push(id);
  }
  return runs.filter((run) => run.length > 1);
}
