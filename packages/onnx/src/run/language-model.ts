import { OmlError } from '@oml/protocol/error';
import { Detokenizer } from './detokenizer.ts';
import { describeSite } from '../inspect/inspect.ts';
import type { Inspection } from '../inspect/inspection.ts';
import { readModel } from '../file/model-file.ts';
import { feedTokens } from './feeds.ts';
import { outputOf, type Engine, type Runner } from './runner.ts';
import { sampleToken } from './sampling.ts';
import { seededRandom } from './seeded-random.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface CompletionRequest {
  prompt: string;
  /** Tokens to generate at most. */
  maxTokens: number;
  /** 0 = greedy. Default 1. */
  temperature?: number;
  topP?: number;
  /** Same seed, same answer. Default 0. */
  seed?: number;
  /** The answer ends before the first of these. */
  stop?: readonly string[];
  signal?: AbortSignal;
}

export type CompletionEvent =
  | { type: 'text'; text: string }
  /** `length`: out of tokens or of context. */
  | { type: 'end'; finishReason: 'stop' | 'length'; usage: { promptTokens: number; completionTokens: number } };

/**
 * A causal language model: token ids [batch, sequence] to scores [batch, sequence, vocabulary]; masks, positions and
 * empty caches are fed as it asks for them.
 */
export class LanguageModel {
  readonly tokenizer: Tokenizer;
  /** Prompt and answer together, in tokens. */
  readonly contextLength: number;
  private readonly runner: Runner;
  private readonly inspection: Inspection;

  private constructor(runner: Runner, tokenizer: Tokenizer, contextLength: number, inspection: Inspection) {
    this.runner = runner;
    this.inspection = inspection;
    this.tokenizer = tokenizer;
    this.contextLength = contextLength;
  }

  /** Opens a model file. Throws the codes of `readModel`, `describeSite` and the engine. */
  static async open(
    files: { model: Uint8Array; tokenizer: Tokenizer; contextLength?: number },
    engine: Engine,
  ): Promise<LanguageModel> {
    const inspection = describeSite(readModel(files.model));
    if (inspection.kind !== 'language')
      throw new OmlError('MODEL_UNSUPPORTED', 'This is a classifier, not a language model.');
    const contextLength = files.contextLength ?? inspection.contextLength ?? 2048;
    return new LanguageModel(await engine.open(files.model), files.tokenizer, contextLength, inspection);
  }

  /**
   * Streams the answer's text, whose pieces join to the whole completion, then one `end`. Throws PROMPT_TOO_LONG,
   * ABORTED.
   */
  async *complete(request: CompletionRequest): AsyncGenerator<CompletionEvent, void, undefined> {
    const promptIds = this.promptIds(request.prompt);
    const text = new Detokenizer(this.tokenizer, promptIds, request.stop ?? []);
    const sampling = {
      temperature: request.temperature ?? 1,
      topP: request.topP ?? 1,
      random: seededRandom(request.seed ?? 0),
    };
    const limit = Math.min(request.maxTokens, this.contextLength - promptIds.length);
    const ids = [...promptIds];
    let ended = false;
    while (!ended && ids.length - promptIds.length < limit) {
      if (request.signal?.aborted) throw new OmlError('ABORTED', 'The completion was cancelled.');
      const id = sampleToken(await this.nextScores(ids), sampling);
      ids.push(id);
      if (this.tokenizer.endIds.has(id)) break;
      const piece = text.push(id);
      if (piece !== '') yield { type: 'text', text: piece };
      ended = text.stopped;
    }
    const rest = text.flush();
    if (rest !== '') yield { type: 'text', text: rest };
    const completionTokens = ids.length - promptIds.length;
    const finishReason = ended || this.tokenizer.endIds.has(ids.at(-1)!) ? 'stop' : 'length';
    yield { type: 'end', finishReason, usage: { promptTokens: promptIds.length, completionTokens } };
  }

  /** The whole completion as one string. */
  async completeText(request: CompletionRequest): Promise<string> {
    let text = '';
    for await (const event of this.complete(request)) if (event.type === 'text') text += event.text;
    return text;
  }

  dispose(): Promise<void> {
    return this.runner.dispose();
  }

  private promptIds(prompt: string): number[] {
    const ids = this.tokenizer.encode(prompt);
    if (ids.length === 0)
      throw new OmlError('REQUEST_INVALID', 'The prompt is empty, and this model has no start token.');
    if (ids.some((id) => id >= this.inspection.outcomes))
      throw new OmlError('TOKENIZER_INVALID', 'The tokenizer gives ids that this model does not know.');
    if (ids.length >= this.contextLength)
      throw new OmlError(
        'PROMPT_TOO_LONG',
        `The prompt has ${ids.length} tokens; the model reads ${this.contextLength}, of which the answer needs one.`,
        {
          details: { promptTokens: ids.length, contextLength: this.contextLength },
        },
      );
    return ids;
  }

  private async nextScores(ids: readonly number[]): Promise<Float32Array> {
    const { logitsTensor } = this.inspection;
    const outputs = await this.runner.run(feedTokens(this.inspection, [ids]), [logitsTensor]);
    const scores = outputOf(outputs, logitsTensor).data;
    return scores.subarray(scores.length - scores.length / ids.length);
  }
}
