import type { Tokenizer } from '../run/tokenizer.ts';
import { badData } from './bad-data.ts';
import { DOCUMENT_NAMES, textsOf } from './documents.ts';
import { checkAborted, type DataFiles, type MadeData, type MakeOptions } from './made-data.ts';
import { HELDOUT_SHARE, passagesOf, Split } from './split.ts';

/** Fewer tokens do not show what is ordinary. */
export const LEAST_TOKENS = 20_000;
const LEAST_HELDOUT = 2_000;

/**
 * Documents as two streams of tokens, each passage encoded by itself. Throws REQUEST_INVALID, with how much is missing
 * where there is too little.
 */
export async function makeText(
  files: DataFiles,
  tokenizer: Tokenizer,
  { heldoutShare = HELDOUT_SHARE, onProgress, signal }: MakeOptions = {},
): Promise<MadeData> {
  const split = new Split(heldoutShare);
  const sides = { ordinary: [] as number[][], heldout: [] as number[][] };
  const skipped: { name: string; reason: string }[] = [];
  const read = { files: 0, pieces: 0 };
  for await (const { name, bytes } of files) {
    checkAborted(signal);
    read.files += 1;
    if (!DOCUMENT_NAMES.test(name)) {
      skipped.push({ name, reason: 'no .txt, .md, .html or .jsonl' });
      continue;
    }
    for (const passage of textsOf(bytes, name).flatMap(passagesOf)) {
      const side = split.sideOf(new TextEncoder().encode(passage));
      if (side) sides[side].push(tokenizer.encode(passage));
      read.pieces += 1;
    }
    onProgress?.({ file: name, ...read });
  }
  const [ordinary, tokens] = [joined(sides.ordinary), joined(sides.heldout)];
  if (ordinary.length + tokens.length < LEAST_TOKENS || tokens.length < LEAST_HELDOUT)
    throw tooLittle(ordinary.length + tokens.length, read.files, skipped);
  return {
    ordinary,
    heldout: { tokens },
    files: new Map([
      ['ordinary.i32', bytesOf(ordinary)],
      ['heldout.i32', bytesOf(tokens)],
    ]),
    report: {
      kind: 'text',
      ordinary: ordinary.length,
      heldout: tokens.length,
      duplicates: split.duplicates,
      skipped,
    },
  };
}

function tooLittle(tokens: number, files: number, skipped: readonly { name: string; reason: string }[]) {
  const first = skipped[0] ? ` ${skipped.length} were skipped, such as ${skipped[0].name}: ${skipped[0].reason}.` : '';
  return badData(
    `${files} files gave ${tokens} tokens; at least ${LEAST_TOKENS} are needed, about ${4 * LEAST_TOKENS} ` +
      `characters of the kind of text that the model is used on.${first}`,
    { tokens, least: LEAST_TOKENS },
  );
}

function joined(parts: readonly number[][]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const bytesOf = (values: Int32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
