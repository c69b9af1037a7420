import type { Weights } from '@oml/onnx/autodiff/adam';
import { readWeights } from '@oml/onnx/autodiff/trainable';
import { OmlError } from '@oml/protocol/error';
import { secretRandom } from '../code-book/secret.ts';
import type { PreparedEmbedding } from '../embed/prepare.ts';
import type { TensorDelta } from '../embed/tensor-delta.ts';
import { openProducts } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import { openAnswers } from './answer-graph.ts';
import { drawBystanders } from './bystanders.ts';
import { meetConstraints } from './constraint.ts';
import { goalsOf } from './goals.ts';
import { measureMetric } from './metric.ts';
import { passageOf } from './passage.ts';
import { openCopies } from './refit.ts';
import { openRowKernel } from './row-kernel.ts';
import { hardenedSites } from './site.ts';

export interface HardenOptions extends Progress {
  subject: Subject;
  secret: Uint8Array;
  ordinary: Ordinary;
  /** Answers survive averaging with the clean model down to this weight; 1 asks for none of that. */
  mergeWeight?: number;
  /** Lifts that the refits that a host can afford keep; leaves no room for lasting in averages. */
  anchored?: boolean;
}

/** Share of the mean eigenvalue added to both factors of the metric. */
const RIDGE = 0.01;
/**
 * Each asks for a rise that is as large as the linear picture carries; after five or six there is nothing left to ask.
 */
const ROUNDS = 16;
/** After so many rounds anchored keys make do with what they have. */
const PATIENCE = 10;

/**
 * Spreads the edit over all layers, in place of the closed form of the last one: repeatedly the least change, in the
 * second order of the divergence from the
 * original, after which every key answers to first order, alone, sampled, behind prefixes, as a pair, and averaged with
 * the clean model (sequential quadratic
 * programming; gradients by ONNX-to-ONNX autodiff). Gentler than the closed form, since a key stands out in every
 * layer, and out of reach of whoever refits one
 * matrix. Same secret, same result. Returns the change of each matrix, as `harden` of `solveEmbedding`. Throws
 * EDIT_INFEASIBLE, MODEL_UNSUPPORTED, ABORTED.
 */
export async function hardenEmbedding(embedding: PreparedEmbedding, options: HardenOptions): Promise<TensorDelta[]> {
  const { subject, secret } = options;
  const random = secretRandom(secret, 'hardening');
  const passages = await drawBystanders({ ...options, random });
  const sites = await hardenedSites(
    subject,
    embedding.keys.slice(0, 1).map(({ prompt }) => passageOf(prompt)),
  );
  const clean = readWeights(
    subject.model,
    sites.map(({ weight }) => weight),
  );
  const weights: Weights = new Map([...clean].map(([name, values]) => [name, values.slice()]));
  const [products, graph] = [await openProducts(subject.engine), await openAnswers(subject, sites)];
  const kernel = await openRowKernel(subject.engine, graph.depth);
  try {
    const metric = await measureMetric({ ...options, sites, products, random, passages, ridge: RIDGE });
    const { anchored = false } = options;
    const goals = goalsOf(embedding, clean, anchored ? 1 : (options.mergeWeight ?? 0.5));
    const copies = anchored ? await openCopies({ ...options, sites, clean, metric, products }) : async () => [];
    for (let round = 0; round < ROUNDS; round++) {
      report(options, 'hardening', round / ROUNDS);
      const missed = await meetConstraints(
        { graph, kernel, metric, sites, products },
        goals.groups(weights, await copies(weights)),
        weights,
      );
      if (goals.required(missed) <= 0 && (goals.anchored(missed) <= 0 || round >= PATIENCE))
        return deltasOf(clean, weights);
    }
    throw new OmlError(
      'EDIT_INFEASIBLE',
      'Hardening did not settle: some keys keep missing their leads. Embed this draft with the profile fast, which is not for hostile hosts, or draft fewer keys.',
    );
  } finally {
    await Promise.all([products, graph, kernel].map((each) => each.dispose()));
  }
}

function deltasOf(clean: Weights, weights: Weights): TensorDelta[] {
  return [...clean].map(([initializer, before]) => {
    const after = weights.get(initializer)!;
    if (!after.every(Number.isFinite)) throw new OmlError('EDIT_INFEASIBLE', 'Hardening left the finite numbers.');
    return { initializer, values: before.map((value, i) => after[i]! - value) };
  });
}
