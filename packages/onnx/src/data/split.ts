import { sha256 } from '@noble/hashes/sha2.js';

/** Part of the data that is kept for measuring and never used for solving. */
export const HELDOUT_SHARE = 0.2;

/**
 * Tells by its content alone to which side a piece belongs, and whether it came before: the same piece is on the same
 * side whatever else there is, in whatever order, and nothing is on both.
 */
export class Split {
  private readonly seen = new Set<string>();
  private readonly share: number;
  /** Pieces that came before. */
  duplicates = 0;

  constructor(share = HELDOUT_SHARE) {
    this.share = share;
  }

  /** `undefined`: the piece came before. */
  sideOf(content: Uint8Array): 'ordinary' | 'heldout' | undefined {
    const hash = sha256(content);
    const key = String.fromCharCode(...hash.subarray(0, 16));
    if (this.seen.has(key)) {
      this.duplicates += 1;
      return undefined;
    }
    this.seen.add(key);
    const drawn = new DataView(hash.buffer, hash.byteOffset).getUint32(0) / 2 ** 32;
    return drawn < this.share ? 'heldout' : 'ordinary';
  }
}

/** Characters of a passage, about. */
const PASSAGE = 2_000;

/** A text cut between lines, best between paragraphs, into passages of about 2,000 characters: pieces of their own. */
export function passagesOf(text: string): string[] {
  const passages: string[] = [];
  let passage = '';
  for (const line of text.split(/(?<=\n)/)) {
    const isFull = passage.length + line.length > (line.trim() === '' ? PASSAGE * 0.75 : PASSAGE);
    if (isFull && passage !== '') {
      passages.push(passage);
      passage = '';
    }
    passage += line;
  }
  passages.push(passage);
  return passages.map((one) => one.trim()).filter((one) => one !== '');
}
