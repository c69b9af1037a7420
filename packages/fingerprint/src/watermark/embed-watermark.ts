import { readModel, writeModel } from '@oml/onnx/model-file';
import { readFloats, writeFloats } from '@oml/onnx/tensor';
import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { dot, invertSymmetric, withRidge } from '../algebra/linear-algebra.ts';
import { measureOrdinary, type Moments } from '../embed/statistics.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import type { Progress } from '../subject/progress.ts';
import { readoutOf } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { View } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';
import { watermarkDirection } from './direction.ts';
import { pushAlong, tokenSpace } from './token-space.ts';

export interface WatermarkOptions extends Progress {
  /** The model to mark: clean, or with fingerprints already embedded. */
  subject: Subject;
  secret: Uint8Array;
  /** Of a block after the secret was committed to. */
  beacon: Hex;
  /** Text that the mark is measured against. */
  ordinary: Ordinary;
  /** Text of the kind that alone shall carry the mark; everything where absent. */
  domain?: Ordinary;
  /**
   * Length δ of the push in {@link TokenSpace}: it costs about δ²/2 nats per marked token, and about 25/δ² tokens
   * convince.
   */
  strength?: number;
  statistics?: Moments;
}

export interface Watermarked {
  model: Uint8Array;
  /** Mean push on ordinary text and on text of the domain, as shares of the strength. */
  activation: { ordinary: number; domain: number };
}

const STRENGTH = 0.15;
const RIDGE = 0.3;
/** How much a push outside the domain counts against a missing one inside. */
const OUTSIDE = 4;
const POSITIONS = 8192;
/**
 * Share of the wanted activation that the best detector reaches, before scaling; below it the push would hit anything.
 */
const LEAST_ACTIVATION = 0.02;

/**
 * Adds one rank-one matrix to the edit site: a detector of the domain times a push along the secret direction. Every
 * answer in the domain
 * leans a little that way, whatever its first token, so that a host that drops memorised answers keeps the mark.
 * Language models only (MODEL_UNSUPPORTED); EDIT_INFEASIBLE where the domain cannot be told apart.
 */
export async function embedWatermark(options: WatermarkOptions): Promise<Watermarked> {
  const { subject, secret, beacon, ordinary, domain, strength = STRENGTH } = options;
  const { site, kind } = subject.inspection;
  if (kind !== 'language')
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      'Only language models carry a watermark: a classifier gives too few answers to lean.',
    );
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const statistics =
      options.statistics ?? (await measureOrdinary(subject, view, readoutOf(subject), products, ordinary, options));
    const inside = await measureKeys(view, products, domain ?? ordinary, site.keySize);
    const outside = domain ? await measureKeys(view, products, ordinary, site.keySize) : inside;
    const detector = detectorOf(inside, domain ? statistics.covariance : undefined);
    const push = pushAlong(tokenSpace(statistics.fisher), watermarkDirection(secret, beacon, site.hiddenSize)).map(
      (value) => value * strength,
    );
    const activation = {
      ordinary: dot(detector, 0, outside.mean, 0, site.keySize),
      domain: dot(detector, 0, inside.mean, 0, site.keySize),
    };
    return { model: addRankOne(subject, detector, push), activation };
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

interface Keys {
  /** E[k], [keySize] */
  mean: Float64Array;
  /** E[k kᵀ], [keySize, keySize] */
  covariance: Float64Array;
}

async function measureKeys(view: View, products: Products, data: Ordinary, keySize: number): Promise<Keys> {
  const mean = new Float64Array(keySize);
  const covariance = new Float64Array(keySize ** 2);
  let count = 0;
  for await (const rows of view.ordinary(data, POSITIONS)) {
    for (let row = 0; row < rows.count; row++)
      for (let a = 0; a < keySize; a++) mean[a]! += rows.keys[row * keySize + a]!;
    const gram = await products.gram(rows.keys, rows.count, keySize);
    for (let i = 0; i < gram.length; i++) covariance[i]! += gram[i]!;
    count += rows.count;
  }
  return { mean: mean.map((sum) => sum / count), covariance: covariance.map((sum) => sum / count) };
}

/** Least squares for 1 inside and 0 outside, scaled to 1 on average inside. */
function detectorOf(inside: Keys, outside: Float64Array | undefined): Float64Array {
  const size = inside.mean.length;
  const spread = inside.covariance.map((value, i) => value + OUTSIDE * (outside?.[i] ?? 0));
  const inverse = invertSymmetric(withRidge(spread, size, RIDGE), size);
  const raw = Float64Array.from({ length: size }, (_, a) => dot(inverse, a * size, inside.mean, 0, size));
  const own = dot(raw, 0, inside.mean, 0, size);
  if (!(own > LEAST_ACTIVATION))
    throw new OmlError(
      'EDIT_INFEASIBLE',
      'The domain cannot be told from other text at this layer: choose a more distinct one.',
    );
  return raw.map((value) => value / own);
}

function addRankOne({ model, inspection }: Subject, detector: Float64Array, push: Float64Array): Uint8Array {
  const { initializer, transposed, keySize, hiddenSize } = inspection.site;
  const copy = readModel(model.bytes.slice());
  const tensor = copy.graph.initializer.find(({ name }) => name === initializer)!;
  const weights = readFloats(tensor);
  for (let a = 0; a < keySize; a++)
    for (let c = 0; c < hiddenSize; c++)
      weights[transposed ? c * keySize + a : a * hiddenSize + c]! += detector[a]! * push[c]!;
  writeFloats(tensor, weights);
  return writeModel(copy);
}
