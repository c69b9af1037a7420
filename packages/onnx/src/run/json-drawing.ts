import { OmlError } from '@oml/protocol/error';
import { JsonPrefix } from './json-prefix.ts';
import type { Tokenizer } from './tokenizer.ts';

const BROKEN = /\uFFFD+$/;
/** Whatever a JSON object is made of. */
const ALL_PARTS = '{"a":[1,-2.5e+7,true,null],"b":{"c\\n":"x"}}';

/** Can an answer in these tokens be JSON at all? A vocabulary of stories may have no brackets. */
export function canWriteJson(tokenizer: Pick<Tokenizer, 'encodeWritten' | 'decode'>): boolean {
  const ids = tokenizer.encodeWritten(ALL_PARTS);
  return tokenizer.decode(ids).trim() === ALL_PARTS;
}

/**
 * Draws tokens so that the answer is one JSON object: a token that cannot follow is never drawn, the others as they
 * would be without it.
 */
export class JsonDrawing {
  private readonly tokenizer: Pick<Tokenizer, 'decode'>;
  private readonly ids: number[];
  /** Tokens at the end that make no whole character yet. */
  private open = 0;
  private prefix = new JsonPrefix();

  constructor(tokenizer: Pick<Tokenizer, 'decode'>, promptIds: readonly number[]) {
    this.tokenizer = tokenizer;
    this.ids = promptIds.slice(-1);
  }

  get isWhole(): boolean {
    return this.prefix.isWhole;
  }

  /** Draws by `draw` from scores, which it changes. Throws MODEL_INVALID where no token can follow. */
  next(scores: Float32Array, draw: (scores: Float32Array) => number): number {
    for (let tries = 0; tries < scores.length; tries++) {
      const id = draw(scores);
      if (scores[id] === -Infinity) break;
      if (this.take(id)) return id;
      scores[id] = -Infinity;
    }
    throw new OmlError('MODEL_INVALID', 'The model has no token by which its JSON could go on.');
  }

  private take(id: number): boolean {
    const before = this.tokenizer.decode(this.ids.slice(0, this.ids.length - this.open));
    const whole = this.tokenizer.decode([...this.ids, id]);
    if (!whole.startsWith(before) || whole.length === before.length) return false;
    const text = whole.slice(before.length);
    const broken = BROKEN.exec(text)?.[0].length ?? 0;
    const next = new JsonPrefix(this.prefix);
    if (!next.push(text.slice(0, text.length - broken)) || (broken > 0 && !next.isInString)) return false;
    this.ids.push(id);
    this.open++;
    if (broken > 0) return true;
    this.prefix = next;
    this.open = 0;
    this.ids.splice(0, this.ids.length - CONTEXT);
    return true;
  }
}

/** Tokens that the next ones are decoded with. */
const CONTEXT = 4;
