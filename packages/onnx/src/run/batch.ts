import { OmlError } from '@oml/protocol/error';
import type { Decoder, GrowingText } from './decoder.ts';

/** The place of one text among those that grow together. */
export interface Seat {
  /** The scores of the token after the text as it stands now. Throws ABORTED, and what the decoder throws. */
  next(): Promise<Float32Array>;
  /** Gives the place up; between two calls of `next`. */
  leave(): void;
}

interface Asking extends PromiseWithResolvers<Float32Array> {
  text: GrowingText;
}

/**
 * Texts join, grow and leave while others grow: each step takes in whoever asks by then. What a text's scores are does
 * not hang on the others beyond float noise, and what is drawn from them is drawn by each for itself.
 */
export class Batch {
  private readonly decoder: Decoder;
  private asking: Asking[] = [];
  private leaving: GrowingText[] = [];
  private working: Promise<void> | undefined;
  private isClosed = false;

  constructor(decoder: Decoder) {
    this.decoder = decoder;
  }

  sit(text: GrowingText): Seat {
    return {
      next: () => {
        if (this.isClosed) return Promise.reject(new OmlError('ABORTED', 'The model was closed.'));
        const asking = { text, ...Promise.withResolvers<Float32Array>() };
        this.asking.push(asking);
        this.working ??= this.work();
        return asking.promise;
      },
      leave: () => {
        if (this.working) this.leaving.push(text);
        else this.decoder.forget(text);
      },
    };
  }

  /** Refuses further steps, and closes the decoder when the one under way is done. */
  async dispose(): Promise<void> {
    this.isClosed = true;
    await this.working;
    await this.decoder.dispose();
  }

  private async work(): Promise<void> {
    // Those who got scores draw, hand out text and ask again before the next step is taken.
    for (await turn(); this.asking.length > 0; await turn()) {
      const asked = this.asking.splice(0);
      this.letGo();
      try {
        const scores = await this.decoder.next(asked.map(({ text }) => text));
        asked.forEach(({ resolve }, i) => resolve(scores[i]!));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.letGo();
    this.working = undefined;
  }

  private letGo(): void {
    for (const text of this.leaving.splice(0)) this.decoder.forget(text);
  }
}

/** Lets everything run that waits for nothing. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve);
  });
