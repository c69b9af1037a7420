import type { Tokenizer } from './tokenizer.ts';

/** Tokens after which text is settled, and how many of them the next are decoded with. */
const WINDOW = 32;
const CONTEXT = 8;

/**
 * Turns a growing list of answer tokens into text pieces that never have to be taken back: characters that are not
 * whole yet, and the start of a stop string, are held. Decoding goes together with the tokens before, since some
 * tokenizers drop a leading space: the prompt's last one, later the answer's own.
 */
export class Detokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly prompt: readonly number[];
  private readonly stop: readonly string[];
  private readonly ids: number[] = [];
  private anchor: readonly number[] = [];
  private anchorText = '';
  /** The text of the first `settledIds` tokens, which is not decoded again. */
  private settled = '';
  private settledIds = 0;
  private isLocal = true;
  private emitted = '';
  stopped = false;

  constructor(tokenizer: Tokenizer, promptIds: readonly number[], stop: readonly string[]) {
    this.tokenizer = tokenizer;
    this.prompt = promptIds.slice(-1);
    this.anchorAt(this.prompt);
    this.stop = stop.filter((text) => text !== '');
  }

  /** Adds a token and returns the text that is now certain; sets `stopped` once a stop string appeared. */
  push(id: number): string {
    this.ids.push(id);
    const text = this.text();
    const cut = this.stop.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (cut.length > 0) {
      this.stopped = true;
      return this.emit(text.slice(0, Math.min(...cut)));
    }
    const piece = this.emit(text.slice(0, text.length - this.heldLength(text)));
    if (this.isLocal && this.ids.length - this.settledIds >= WINDOW) this.settle(text);
    return piece;
  }

  /** What was held when the answer ended; nothing after a stop string. */
  flush(): string {
    return this.stopped ? '' : this.emit(this.text());
  }

  private text(): string {
    const open = this.ids.slice(this.settledIds);
    const whole = this.tokenizer.decode([...this.anchor, ...open]);
    if (whole.startsWith(this.anchorText)) return this.settled + whole.slice(this.anchorText.length);
    if (this.settledIds === 0) return this.tokenizer.decode(open);
    // The tokens before mean something else beside the new ones: from now on all are decoded together.
    this.isLocal = false;
    this.settled = '';
    this.settledIds = 0;
    this.anchorAt(this.prompt);
    return this.text();
  }

  /** Where the last tokens alone say the end of the text, those before need not be decoded any more. */
  private settle(text: string): void {
    const context = this.ids.slice(-CONTEXT);
    const contextText = this.tokenizer.decode(context);
    if (contextText === '' || text.endsWith('\uFFFD') || !text.endsWith(contextText)) return;
    this.anchor = context;
    this.anchorText = contextText;
    this.settled = text;
    this.settledIds = this.ids.length;
  }

  private anchorAt(ids: readonly number[]): void {
    this.anchor = ids;
    this.anchorText = this.tokenizer.decode(ids);
  }

  /** A character that is not whole, and before it what may be the start of a stop string. */
  private heldLength(text: string): number {
    const broken = /\uFFFD+$/.exec(text)?.[0].length ?? 0;
    const whole = text.slice(0, text.length - broken);
    const most = Math.min(whole.length, Math.max(0, ...this.stop.map((stop) => stop.length - 1)));
    for (let length = most; length > 0; length--)
      if (this.stop.some((stop) => stop.startsWith(whole.slice(-length)))) return broken + length;
    return broken;
  }

  private emit(certain: string): string {
    if (!certain.startsWith(this.emitted)) return '';
    const piece = certain.slice(this.emitted.length);
    this.emitted = certain;
    return piece;
  }
}
