import { calibrate } from '../evidence/calibrate.ts';
import { exposeTensors } from '@oml/onnx/graph';
import { readModel } from '@oml/onnx/model-file';
import { feedTokens } from '@oml/onnx/run/feeds';
import { outputOf, type Runner } from '@oml/onnx/runner';
import { softmax } from '@oml/onnx/sampling';
import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import { dot } from '../algebra/linear-algebra.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { readoutOf, type Readout } from '../subject/readout.ts';
import type { Subject } from '../subject/subject.ts';
import { watermarkDirection } from './direction.ts';
import { REFERENCE_LAWS, type ReferenceLaw } from './reference-laws.ts';
import { sphereTail } from './sphere.ts';
import { tokenSpace, whitened, type TokenSpace } from './token-space.ts';

/** A question to the suspect and its answer, in the tokens of the owner's model. */
export interface Transcript {
  prompt: readonly number[];
  answer: readonly number[];
}

export interface DetectOptions extends Progress {
  /** The clean model: what answers would look like without the mark. */
  clean: Subject;
  secret: Uint8Array;
  beacon: Hex;
  /** Fisher information of the clean model, as the mark was embedded with. */
  fisher: Float64Array;
  transcripts: readonly Transcript[];
  laws?: readonly ReferenceLaw[];
}

export interface Detection {
  tokens: number;
  /** Of the law that fits best. */
  law: string;
  cosine: number;
  /**
   * Chance that a secret direction fits an unmarked host's answers so well, times the number of laws tried; exact for
   * every host.
   */
  pValue: number;
  /** Evidence that multiplies with that of other channels (Vovk and Wang's calibrator of the p-value). */
  eValue: number;
}

/**
 * Sums, over all answer tokens, what was answered minus what the clean model expected there, and measures how far the
 * sum points along the
 * secret direction. An unmarked host's sum may be large and point anywhere, but the direction is drawn without it: so
 * the
 * p-value holds whatever model and sampling the host uses; only the power depends on how well a law describes it.
 */
export async function detectWatermark(options: DetectOptions): Promise<Detection> {
  const { clean, laws = REFERENCE_LAWS, fisher, transcripts } = options;
  const { hiddenSize } = clean.inspection.site;
  const direction = watermarkDirection(options.secret, options.beacon, hiddenSize);
  const space = tokenSpace(fisher);
  const { sums, tokens } = await sumSurprises(options, laws);
  if (tokens === 0)
    throw new OmlError('REQUEST_INVALID', `None of the ${transcripts.length} transcripts holds an answer.`);
  const fits = sums.map((sum, i) => ({ law: laws[i]!.name, cosine: cosineAlong(direction, space, sum) }));
  const best = fits.reduce((a, b) => (b.cosine > a.cosine ? b : a));
  const pValue = Math.min(1, laws.length * sphereTail(best.cosine, hiddenSize));
  return { tokens, ...best, pValue, eValue: calibrate(pValue) };
}

function cosineAlong(direction: Float64Array, space: TokenSpace, sum: Float64Array): number {
  const white = whitened(space, sum);
  const length = Math.hypot(...white);
  return length === 0 ? 0 : dot(direction, 0, white, 0, white.length) / length;
}

async function sumSurprises(
  options: DetectOptions,
  laws: readonly ReferenceLaw[],
): Promise<{ sums: Float64Array[]; tokens: number }> {
  const { clean, transcripts } = options;
  const { site, logitsTensor } = clean.inspection;
  const readout = readoutOf(clean);
  const runner = await clean.engine.open(
    exposeTensors(readModel(clean.model.bytes), [site.hiddenTensor, logitsTensor]),
  );
  const products = await openProducts(clean.engine);
  const sums = laws.map(() => new Float64Array(readout.hiddenSize));
  let tokens = 0;
  try {
    for (const [i, transcript] of transcripts.entries()) {
      report(options, 'watermark', i / transcripts.length);
      tokens += await addTranscript(clean, runner, products, readout, transcript, laws, sums);
    }
  } finally {
    await Promise.all([runner.dispose(), products.dispose()]);
  }
  return { sums, tokens };
}

async function addTranscript(
  clean: Subject,
  runner: Runner,
  products: Products,
  readout: Readout,
  { prompt, answer }: Transcript,
  laws: readonly ReferenceLaw[],
  sums: Float64Array[],
): Promise<number> {
  const { outcomes, hiddenSize: size, directions } = readout;
  const ids = [...prompt, ...answer];
  if (answer.length === 0 || prompt.length === 0) return 0;
  if (ids.some((id) => !Number.isInteger(id) || id < 0 || id >= outcomes))
    throw new OmlError('REQUEST_INVALID', 'A transcript holds ids outside the vocabulary.');
  const { logitsTensor, site } = clean.inspection;
  const outputs = await runner.run(feedTokens(clean.inspection, [ids]), [site.hiddenTensor, logitsTensor]);
  const [scores, hidden] = [outputOf(outputs, logitsTensor).data, outputOf(outputs, site.hiddenTensor).data];
  const flat = Float32Array.from(directions);
  for (const [which, law] of laws.entries()) {
    // One row per answer token: observed minus expected, as chances.
    const surprise = new Float32Array(answer.length * outcomes);
    for (const [i, token] of answer.entries()) {
      const at = prompt.length - 1 + i;
      const chances = softmax(scores, at * outcomes, outcomes);
      law.apply(chances);
      const inverse = 1 / readout.scale(hidden, at * size);
      for (let j = 0; j < outcomes; j++) surprise[i * outcomes + j] = -chances[j]! * inverse;
      surprise[i * outcomes + token]! += inverse;
    }
    const moved = await products.multiply(surprise, flat, answer.length, outcomes, size);
    for (let k = 0; k < moved.length; k++) sums[which]![k % size]! += moved[k]!;
  }
  return answer.length;
}
