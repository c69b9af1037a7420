import type { ChatMessage, ChatTemplate } from '@oml/onnx/chat-template';
import type { Preprocessing } from '@oml/onnx/data/preprocessing';
import type { Classification, ClassifyOptions } from '@oml/onnx/classifier';
import type { CompletionEvent, CompletionRequest } from '@oml/onnx/language-model';
import type { Tokenizer } from '@oml/onnx/tokenizer';

/** What an engine may be unable to do: a member of OpenAI's, or prompts that are no text. */
export type Unable = 'token prompts' | 'logit_bias' | 'logprobs' | 'json_object' | 'json_schema';

export interface EngineRequest extends CompletionRequest {
  /** The prompt as it was written, for engines that cut it themselves; undefined: it was given in tokens. */
  promptText?: string | undefined;
  /** A JSON schema that the answer is to fit, as OpenAI's `response_format.json_schema`. */
  jsonSchema?: Record<string, unknown> | undefined;
}

/** A piece of an answer or its end; an answer that a host cut short ends by `content_filter`, as OpenAI's do. */
export type AnswerEvent =
  | Exclude<CompletionEvent, { type: 'end' }>
  | {
      type: 'end';
      finishReason: FinishReason;
      usage: Extract<CompletionEvent, { type: 'end' }>['usage'];
    };
export type FinishReason = 'stop' | 'length' | 'content_filter';

/**
 * What a gateway needs of whatever completes texts. Everything but `complete` is known without asking the engine, so
 * that what cannot be answered is refused before it is paid for.
 */
export interface LanguageEngine {
  readonly kind: 'language';
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'maxTokenBytes'>;
  /** Prompt and answer together, in tokens. */
  readonly contextLength: number;
  /** Ids from here on mean nothing. */
  readonly vocabularySize: number;
  /** Undefined: raw prompts only. */
  readonly chatTemplate: ChatTemplate | undefined;
  /** Undefined: it can do all. */
  readonly unable?: ReadonlySet<Unable>;
  /** The tokens after which the answer to a conversation begins. Throws REQUEST_INVALID. */
  conversation(messages: readonly ChatMessage[]): number[];
  /**
   * The pieces of an answer, which join to its whole text, then one `end`. The same request with the same seed has the
   * same answer, whatever else is being answered. Throws UNAVAILABLE where the engine died under it, ABORTED.
   */
  complete(request: EngineRequest): AsyncGenerator<AnswerEvent, void, undefined>;
  dispose(): Promise<void>;
}

/** A classification, and how its probabilities were corrected, if they were. */
export type ClassifiedBy = Classification & { correction?: string };

/** What a gateway needs of whatever classifies tensors. */
export interface ClassifierEngine {
  readonly kind: 'classifier';
  /** Dims of one batch; null = any. The first is the batch. */
  readonly inputDims: readonly (number | null)[];
  readonly classes: number;
  /** How pixels become what it is fed, where the edition says so. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Does it give the features of an answer? Other engines only give its scores. */
  readonly givesFeatures: boolean;
  /** Throws REQUEST_INVALID for a shape that does not fit, UNAVAILABLE where the engine died under it. */
  classify(tensor: { shape: readonly number[]; data: Float32Array }, options?: ClassifyOptions): Promise<ClassifiedBy>;
  dispose(): Promise<void>;
}

export type ModelEngine = LanguageEngine | ClassifierEngine;
