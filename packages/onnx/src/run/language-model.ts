import { OmlError } from '@oml/protocol/error';
import { conversationTokens, type ChatMessage, type ChatTemplate } from './chat-template.ts';
import { Detokenizer } from './detokenizer.ts';
import { describeSite } from '../inspect/inspect.ts';
import type { Inspection } from '../inspect/inspection.ts';
import { readModel } from '../file/model-file.ts';
import { Batch, type Seat } from './batch.ts';
import { plainDecoder } from './decoder.ts';
import { openDecoder } from './open-decoder.ts';
import { JsonDrawing } from './json-drawing.ts';
import type { Engine } from './runner.ts';
import { sampleToken, steer, type Steering } from './sampling.ts';
import { seededRandom } from './seeded-random.ts';
import { drawnToken, type DrawnToken } from './token-chances.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface CompletionRequest extends Steering {
  /** A text, or the tokens of one. */
  prompt: string | readonly number[];
  /** Tokens to generate at most. */
  maxTokens: number;
  /** 0 = greedy. Default 1. */
  temperature?: number;
  topP?: number;
  /** Same seed, same answer. Default 0. */
  seed?: number;
  /** The answer ends before the first of these. */
  stop?: readonly string[];
  /** Tell of each token how likely it was, beside so many of the likeliest. Undefined: tell nothing. */
  logprobs?: number | undefined;
  /** The answer is one JSON object, unless it is cut off. */
  json?: boolean | undefined;
  signal?: AbortSignal;
}

export type CompletionEvent =
  /** `tokens`: those drawn since the event before, where they were asked for; their text may end later. */
  | { type: 'text'; text: string; tokens?: DrawnToken[] }
  /** `length`: out of tokens or of context. */
  | { type: 'end'; finishReason: 'stop' | 'length'; usage: { promptTokens: number; completionTokens: number } };

/** What goes with a model file. */
interface Opened {
  tokenizer: Tokenizer;
  contextLength: number;
  chatTemplate?: ChatTemplate | undefined;
}

export interface OpenOptions {
  /** Keep caches of what was read, where the graph is understood and gives the same scores so. Default false. */
  caches?: boolean;
}

/**
 * A causal language model: token ids [batch, sequence] to scores [batch, sequence, vocabulary]; masks, positions and
 * empty caches are fed as it asks for them.
 */
export class LanguageModel {
  readonly kind = 'language';
  readonly tokenizer: Tokenizer;
  /** Prompt and answer together, in tokens. */
  readonly contextLength: number;
  /** Undefined: the model has none, and reads raw prompts only. */
  readonly chatTemplate: ChatTemplate | undefined;
  /** Why every text is read whole for every token; undefined where caches are kept. */
  readonly uncached: string | undefined;
  private readonly batch: Batch;
  private readonly inspection: Inspection;
  /** Scores of a padded head that stand for no token. */
  private readonly never: readonly number[];

  private constructor(batch: Batch, files: Opened, inspection: Inspection, uncached: string | undefined) {
    this.batch = batch;
    this.inspection = inspection;
    this.uncached = uncached;
    this.tokenizer = files.tokenizer;
    const ids = Array.from({ length: inspection.outcomes }, (_, id) => id);
    this.never = ids.filter((id) => !files.tokenizer.knows(id));
    this.contextLength = files.contextLength;
    this.chatTemplate = files.chatTemplate;
  }

  /** The tokens after which the answer to a conversation begins. Throws REQUEST_INVALID, also without a template. */
  conversation(messages: readonly ChatMessage[]): number[] {
    return conversationTokens(this, messages);
  }

  /** How many tokens have a score; ids from here on mean nothing. */
  get vocabularySize(): number {
    return this.inspection.outcomes;
  }

  /** Opens a model file. Throws the codes of `readModel`, `describeSite` and the engine. */
  static async open(
    files: Omit<Opened, 'contextLength'> & { model: Uint8Array; contextLength?: number },
    engine: Engine,
    { caches = false }: OpenOptions = {},
  ): Promise<LanguageModel> {
    const model = readModel(files.model);
    const inspection = describeSite(model);
    if (inspection.kind !== 'language')
      throw new OmlError('MODEL_UNSUPPORTED', 'This is a classifier, not a language model.');
    const contextLength = files.contextLength ?? inspection.contextLength ?? 2048;
    const { decoder, why } = caches
      ? await openDecoder({ model, inspection, contextLength, engine })
      : { decoder: plainDecoder(await engine.open(files.model), inspection), why: 'none were asked for' };
    return new LanguageModel(new Batch(decoder), { ...files, contextLength }, inspection, why);
  }

  /**
   * Streams the answer's text, whose pieces join to the whole completion, then one `end`. Answers that are made at the
   * same time share each step of the engine. Throws PROMPT_TOO_LONG, ABORTED.
   */
  async *complete(request: CompletionRequest): AsyncGenerator<CompletionEvent, void, undefined> {
    const ids = [...this.promptIds(request.prompt)];
    const seat = this.batch.sit({ ids });
    try {
      yield* this.draw(request, ids, seat);
    } finally {
      seat.leave();
    }
  }

  /** The whole completion as one string. */
  async completeText(request: CompletionRequest): Promise<string> {
    let text = '';
    for await (const event of this.complete(request)) if (event.type === 'text') text += event.text;
    return text;
  }

  dispose(): Promise<void> {
    return this.batch.dispose();
  }

  private promptIds(prompt: CompletionRequest['prompt']): readonly number[] {
    const ids = typeof prompt === 'string' ? this.tokenizer.encode(prompt) : prompt;
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

  /** Draws token by token behind the prompt that `ids` begins as. */
  private async *draw(request: CompletionRequest, ids: number[], seat: Seat): AsyncGenerator<CompletionEvent, void> {
    const promptTokens = ids.length;
    const text = new Detokenizer(this.tokenizer, ids, request.stop ?? []);
    const drawOne = this.drawer(request, ids);
    const limit = Math.min(request.maxTokens, this.contextLength - promptTokens);
    const told: DrawnToken[] = [];
    const piece = (said: string): CompletionEvent[] => {
      if (said === '' && told.length === 0) return [];
      const tokens = told.splice(0);
      return [{ type: 'text', text: said, ...(tokens.length > 0 ? { tokens } : {}) }];
    };
    let ended = false;
    while (!ended && ids.length - promptTokens < limit) {
      if (request.signal?.aborted) throw new OmlError('ABORTED', 'The completion was cancelled.');
      const { id, isLast, token } = drawOne(await seat.next(), ids.slice(promptTokens));
      ids.push(id);
      if (this.tokenizer.endIds.has(id)) break;
      if (token) told.push(token);
      const said = text.push(id);
      if (said !== '') yield* piece(said);
      ended = text.stopped || isLast;
    }
    yield* piece(text.flush());
    const completionTokens = ids.length - promptTokens;
    const finishReason = ended || this.tokenizer.endIds.has(ids.at(-1)!) ? 'stop' : 'length';
    yield { type: 'end', finishReason, usage: { promptTokens, completionTokens } };
  }

  /** Draws one token from scores, as a request wants it drawn. */
  private drawer(request: CompletionRequest, prompt: readonly number[]) {
    const { temperature = 1, topP = 1, seed = 0, logprobs } = request;
    const sampling = { temperature, topP, random: seededRandom(seed) };
    const steering = { ...request, never: this.never };
    const json = request.json ? new JsonDrawing(this.tokenizer, prompt) : undefined;
    const first = prompt.at(-1);
    return (given: Float32Array, drawn: readonly number[]) => {
      const scores = steer(given, steering, drawn);
      const draw = (from: Float32Array) => sampleToken(from, sampling);
      const id = json ? json.next(scores.slice(), draw) : draw(scores);
      const before = drawn.at(-1) ?? first;
      const token =
        logprobs === undefined ? undefined : drawnToken(this.tokenizer, { id, before, scores, count: logprobs });
      return { id, isLast: json?.isWhole ?? false, token };
    };
  }
}
