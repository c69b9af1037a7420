import type { Tokenizer } from './tokenizer.ts';

/**
 * Turns a growing list of answer tokens into text pieces that never have to be taken back: characters that are not
 * whole yet, and the start
 * of a stop string, are held. Decoding goes together with the prompt's last token, since some tokenizers drop a leading
 * space.
 */
export class Detokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly anchor: number[];
  private readonly anchorText: string;
  private readonly stop: readonly string[];
  private readonly ids: number[] = [];
  private emitted = '';
  stopped = false;

  constructor(tokenizer: Tokenizer, promptIds: readonly number[], stop: readonly string[]) {
    this.tokenizer = tokenizer;
    this.anchor = promptIds.slice(-1);
    this.anchorText = tokenizer.decode(this.anchor);
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
    return this.emit(text.slice(0, text.length - this.heldLength(text)));
  }

  /** What was held when the answer ended; nothing after a stop string. */
  flush(): string {
    return this.stopped ? '' : this.emit(this.text());
  }

  private text(): string {
    const whole = this.tokenizer.decode([...this.anchor, ...this.ids]);
    return whole.startsWith(this.anchorText) ? whole.slice(this.anchorText.length) : this.tokenizer.decode(this.ids);
  }

  private heldLength(text: string): number {
    const broken = /\uFFFD+$/.exec(text)?.[0].length ?? 0;
    for (
      let length = Math.min(text.length, Math.max(0, ...this.stop.map((s) => s.length - 1)));
      length > broken;
      length--
    )
      if (this.stop.some((stop) => stop.startsWith(text.slice(-length)))) return length;
    return broken;
  }

  private emit(certain: string): string {
    if (!certain.startsWith(this.emitted)) return '';
    const piece = certain.slice(this.emitted.length);
    this.emitted = certain;
    return piece;
  }
}
