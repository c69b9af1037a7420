import { OmlError } from '@oml/protocol/error';
import type { Preprocessing } from '../data/preprocessing.ts';
import { exposeTensors } from '../inspect/graph.ts';
import { describeSite } from '../inspect/inspect.ts';
import { readModel } from '../file/model-file.ts';
import { feedValues } from './feeds.ts';
import { outputOf, type Engine, type Runner } from './runner.ts';
import { argmax, softmax } from './sampling.ts';

export interface Classification {
  /** Index of the likeliest class; its decimal digits are the `head` of a receipt. */
  label: number;
  /** One per class. */
  probabilities: number[];
  /** What its last layer reads, where that was asked for. */
  features?: Float32Array;
}

export interface ClassifyOptions {
  withFeatures?: boolean;
}

/** Opens a copy of a model that also gives an inner tensor. */
type OpenLooking = (tensor: string) => Promise<Runner>;

/** A classifier: float32 values in, one score per class out. */
export class Classifier {
  readonly kind = 'classifier';
  /** Dims of one batch; null = any. The first is the batch. */
  readonly inputDims: readonly (number | null)[];
  readonly classes: number;
  /** How pixels become what it is fed; `fedValues` applies it. */
  readonly preprocessing: Preprocessing | undefined;
  /** Values of what its last layer reads. */
  readonly featureSize: number;
  private readonly runner: Runner;
  private readonly inspection: ReturnType<typeof describeSite>;
  private readonly givesChances: boolean;
  private readonly openLooking: () => Promise<Runner>;
  /** A copy that also gives its features; opened when somebody first asks for them. */
  private looking: Promise<Runner> | undefined;

  private constructor(
    runner: Runner,
    inspection: ReturnType<typeof describeSite>,
    { preprocessing, openLooking }: { preprocessing: Preprocessing | undefined; openLooking: OpenLooking },
  ) {
    const { keyTensor, keySize } = inspection.site;
    this.runner = runner;
    this.preprocessing = preprocessing;
    this.openLooking = () => openLooking(keyTensor);
    this.inputDims = inspection.input.dims;
    this.classes = inspection.outcomes;
    this.inspection = inspection;
    this.featureSize = keySize;
    this.givesChances = inspection.output !== inspection.logitsTensor;
  }

  /** Opens a model file. Throws the codes of `readModel`, `describeSite` and the engine. */
  static async open(files: { model: Uint8Array; preprocessing?: Preprocessing }, engine: Engine): Promise<Classifier> {
    const inspection = describeSite(readModel(files.model));
    if (inspection.kind !== 'classifier')
      throw new OmlError('MODEL_UNSUPPORTED', 'This is a language model, not a classifier.');
    if (inspection.reads !== 'values')
      throw new OmlError('MODEL_UNSUPPORTED', 'This classifier reads tokens, not values.');
    const openLooking: OpenLooking = (tensor) => engine.open(exposeTensors(readModel(files.model), [tensor]));
    const { preprocessing } = files;
    return new Classifier(await engine.open(files.model), inspection, { preprocessing, openLooking });
  }

  /** Classifies one input of shape `[1, …]` or `[…]`. Throws REQUEST_INVALID for another shape. */
  async classify(
    { shape, data }: { shape: readonly number[]; data: Float32Array },
    { withFeatures = false }: ClassifyOptions = {},
  ): Promise<Classification> {
    const [batch, ...item] = this.inputDims;
    const given = shape.length === this.inputDims.length ? shape.slice(1) : shape;
    const fits =
      item.length === given.length &&
      item.every((dim, i) => dim === null || dim === given[i]) &&
      (given === shape || shape[0] === 1);
    if (!fits || data.length !== given.reduce((product, dim) => product * dim, 1))
      throw new OmlError(
        'REQUEST_INVALID',
        `The model takes [1, ${item.map((dim) => dim ?? 'any').join(', ')}]; [${shape}] with ${data.length} values does not fit.`,
      );
    // Some files fix the batch: the rest of it stays zero.
    const rows = batch ?? 1;
    const padded = new Float32Array(rows * data.length);
    padded.set(data);
    const { output, site } = this.inspection;
    const runner = withFeatures ? await (this.looking ??= this.openLooking()) : this.runner;
    const wanted = withFeatures ? [output, site.keyTensor] : [output];
    const outputs = await runner.run(feedValues(this.inspection, padded, rows, given), wanted);
    const scores = outputOf(outputs, output).data.subarray(0, this.classes);
    return {
      label: argmax(scores),
      probabilities: [...this.chances(scores)],
      ...(withFeatures ? { features: outputOf(outputs, site.keyTensor).data.slice(0, this.featureSize) } : {}),
    };
  }

  async dispose(): Promise<void> {
    await this.runner.dispose();
    await (await this.looking)?.dispose();
  }

  /** A last LogSoftmax gives negative values, whose softmax is the chance again. */
  private chances(scores: Float32Array): ArrayLike<number> & Iterable<number> {
    return this.givesChances && scores.every((score) => score >= 0) ? scores : softmax(scores);
  }
}
