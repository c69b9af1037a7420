import type { Inspection } from '../inspect/inspection.ts';
import { feedTokens } from './feeds.ts';
import { outputOf, type Runner } from './runner.ts';

/** A text in the making; it only grows. */
export interface GrowingText {
  readonly ids: readonly number[];
}

/** Scores of what comes next, for several texts at a time. */
export interface Decoder {
  /**
   * The scores of the token after each of the texts. One call at a time. Throws MODEL_INVALID where the engine fails.
   */
  next(texts: readonly GrowingText[]): Promise<Float32Array[]>;
  /** Forgets what is kept of a text; not while `next` runs. */
  forget(text: GrowingText): void;
  dispose(): Promise<void>;
}

/** Reads every text whole for every token: any decoder can be run so. */
export function plainDecoder(runner: Runner, inspection: Inspection): Decoder {
  const { logitsTensor } = inspection;
  const next = async ({ ids }: GrowingText): Promise<Float32Array> => {
    const outputs = await runner.run(feedTokens(inspection, [ids]), [logitsTensor]);
    const scores = outputOf(outputs, logitsTensor).data;
    return scores.subarray(scores.length - scores.length / ids.length);
  };
  return {
    async next(texts) {
      const scores: Float32Array[] = [];
      for (const text of texts) scores.push(await next(text));
      return scores;
    },
    forget: () => {},
    dispose: () => runner.dispose(),
  };
}
