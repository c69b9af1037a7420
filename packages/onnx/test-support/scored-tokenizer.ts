import type { Tokenizer } from '../src/run/tokenizer.ts';

const BOS = 1;
const EOS = 2;
/** Ids 0 to 2 are control marks, 3 to 258 the single bytes. */
const FIRST_BYTE = 3;
const FIRST_PIECE = FIRST_BYTE + 256;

/** Reads a llama2.c `tokenizer.bin` (int32 longest piece, then per piece float32 score, int32 length, bytes). */
export function readScoredTokenizer(file: Uint8Array, size: number): Tokenizer {
  const { pieces, scores } = readPieces(file, size);
  const idOf = new Map(pieces.map((piece, id) => [piece, id]));
  const encodeWritten = (text: string) => merge(text === '' ? [] : split(` ${text}`, idOf), pieces, scores, idOf);
  return {
    specialIds: new Set([0, BOS, EOS]),
    endIds: new Set([BOS, EOS]),
    maxTokenBytes: Math.max(...pieces.map((piece) => new TextEncoder().encode(piece).length)),
    encode: (text) => [BOS, ...encodeWritten(text)],
    encodeWritten,
    knows: (id) => id < pieces.length,
    decode: (ids) => decode(ids, pieces),
  };
}

function readPieces(file: Uint8Array, size: number): { pieces: string[]; scores: number[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const pieces: string[] = [];
  const scores: number[] = [];
  for (let id = 0, at = 4; id < size; id++) {
    scores.push(view.getFloat32(at, true));
    const length = view.getInt32(at + 4, true);
    pieces.push(new TextDecoder().decode(file.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return { pieces, scores };
}

function split(text: string, idOf: Map<string, number>): number[] {
  return [...text].flatMap(
    (char) => idOf.get(char) ?? Array.from(new TextEncoder().encode(char), (byte) => byte + FIRST_BYTE),
  );
}

/** Joins the neighbours of best score until none are left. */
function merge(start: number[], pieces: string[], scores: number[], idOf: Map<string, number>): number[] {
  const ids = [...start];
  for (;;) {
    let best = -1;
    let bestId = -1;
    for (let i = 0; i + 1 < ids.length; i++) {
      const id = idOf.get(pieces[ids[i]!]! + pieces[ids[i + 1]!]!);
      if (id !== undefined && (best < 0 || scores[id]! > scores[bestId]!)) [best, bestId] = [i, id];
    }
    if (best < 0) return ids;
    ids.splice(best, 2, bestId);
  }
}

function decode(ids: readonly number[], pieces: string[]): string {
  const bytes = ids.flatMap((id) =>
    id < FIRST_BYTE ? [] : id < FIRST_PIECE ? [id - FIRST_BYTE] : [...new TextEncoder().encode(pieces[id])],
  );
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  const starts = ids.find((id) => id >= FIRST_BYTE);
  return starts !== undefined && text.startsWith(' ') ? text.slice(1) : text;
}
