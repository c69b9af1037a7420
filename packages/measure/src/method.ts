import type { MeasuredFigure, MeasuredPlot, Measurement } from '@oml/protocol/wire/measurement';
import type { DataFiles } from './data.ts';
import type { ClassifierTarget } from './target/classifier-target.ts';
import type { LanguageTarget } from './target/language-target.ts';

export type Settings = Measurement['settings'];

/** What a method looks at, by what it reads. */
export interface Targets {
  /** The tokenizer.json as it was parsed; hostile. */
  tokenizer: { json: unknown };
  classifier: ClassifierTarget;
  language: LanguageTarget;
}
export type Reads = keyof Targets;

export interface Job<R extends Reads> {
  target: Targets[R];
  /** A second model, for methods that compare two. */
  against?: Targets[R];
  /** A model that judges what the target wrote, for methods that want judging. */
  judge?: LanguageTarget;
  data: DataFiles;
  settings: Settings;
  signal?: AbortSignal;
  /** What is being done, and how much of it, from 0 to 1. */
  onProgress?(step: string, share: number): void;
}

/** What a method found. */
export interface Found {
  figures: MeasuredFigure[];
  plots?: MeasuredPlot[];
  notes?: string[];
  /** Something to use: a document that programs read. */
  product?: object;
}

/** A way of measuring. A new version of it is a new measurement: figures of two versions are never compared. */
export interface Method<R extends Reads = Reads> {
  name: string;
  version: number;
  about: string;
  reads: R;
  /** What its data hold, in a line. */
  wants: string;
  /** Every setting and what it is unless said. */
  settings: Settings;
  /** Does it compare with a second model: never, if one is given, or always? */
  against?: 'may' | 'must';
  /** May a model judge? Its name stands in the setting `judge`. */
  judge?: 'may';
  measure(job: Job<R>): Promise<Found>;
}
