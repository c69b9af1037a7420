import type { DecodeStep, TokenizerForm } from './form.ts';

/** One step of a decoder, as the reference's `decoders/*.rs` have it. */
type Step = (tokens: readonly string[]) => string[];

/** Turns token texts into a text. */
export function decoderOf(decoder: TokenizerForm['decoder']): (tokens: readonly string[]) => string {
  if (!decoder) return (tokens) => tokens.join(' ');
  const steps = (decoder.type === 'Sequence' ? decoder.decoders : [decoder]).map(stepOf);
  return (tokens) => steps.reduce<readonly string[]>((now, step) => step(now), tokens).join('');
}

function stepOf(step: DecodeStep): Step {
  switch (step.type) {
    case 'ByteLevel':
      return (tokens) => [textOf(tokens.flatMap(bytesOf))];
    case 'Metaspace':
      return metaspace(step.replacement, step.prepend_scheme !== 'never');
    case 'Replace':
      return (tokens) => tokens.map((token) => token.replaceAll(step.pattern.String, () => step.content));
    case 'ByteFallback':
      return byteFallback;
    case 'Fuse':
      return (tokens) => [tokens.join('')];
    case 'Strip':
      return (tokens) => tokens.map((token) => strip(token, step));
  }
}

/** Without the blanks of the first token where one was put before the text. */
const metaspace =
  (mark: string, hasPrefix: boolean): Step =>
  (tokens) =>
    tokens.map((token, i) => token.replaceAll(mark, i === 0 && hasPrefix ? '' : ' '));

const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;

/** Bytes in a row that are no text come out as one replacement character each. */
const byteFallback: Step = (tokens) => {
  const out: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) out.push(strictTextOf(bytes) ?? '\ufffd'.repeat(bytes.length));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = BYTE.exec(token)?.[1];
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
};

function strip(token: string, { content, start, stop }: { content: string; start: number; stop: number }): string {
  let from = 0;
  while (from < start && token[from] === content) from++;
  let to = token.length;
  while (token.length - to < stop && to > from && token[to - 1] === content) to--;
  return token.slice(from, to);
}

/** Byte-level vocabularies write every byte as a letter: the visible ones as themselves, the others from U+0100 on. */
const BYTE_OF = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const isVisible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  BYTE_OF.set(String.fromCharCode(isVisible ? byte : next++), byte);
}

/** A token that is not written in such letters, an added one, stands for itself. */
function bytesOf(token: string): number[] {
  const bytes = Array.from(token, (letter) => BYTE_OF.get(letter));
  return bytes.includes(undefined) ? [...new TextEncoder().encode(token)] : (bytes as number[]);
}

/** A mark of byte order is a character like any other. */
const LOSSY = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const textOf = (bytes: readonly number[]): string => LOSSY.decode(Uint8Array.from(bytes));

function strictTextOf(bytes: readonly number[]): string | undefined {
  try {
    return STRICT.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
