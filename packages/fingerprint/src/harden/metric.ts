import { differentiate } from '@oml/onnx/autodiff/differentiate';
import { GraphDraft } from '@oml/onnx/autodiff/draft';
import { crossEntropy, drawnLabels } from '@oml/onnx/autodiff/losses';
import type { Runner } from '@oml/onnx/runner';
import type { SecretRandom } from '../code-book/secret.ts';
import type { Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Subject } from '../subject/subject.ts';
import { invertByHalves } from '../algebra/invert-by-halves.ts';
import { packPassages, type Pack, type Passage } from './passage.ts';
import type { Site } from './site.ts';

/**
 * What a change of the matrices does to ordinary use, to second order: the Fisher information, taken as C ⊗ A for each
 * matrix by itself (K-FAC, Martens &
 * Grosse, arXiv:1503.05671) with C = E[x xᵀ] of its inputs and A = E[g gᵀ] of the gradients at its outputs under labels
 * drawn from the model.
 */
export interface Metric {
  /** C⁻¹ by input tensor and A⁻¹ by output tensor, square, symmetric. */
  inverses: Map<string, Float32Array>;
  /** (C + λ · mean eigenvalue)⁻¹ C by the input tensor of some sites: what a ridge refit of them lets through. */
  filters(lambda: number, refit: readonly Site[]): Promise<Map<string, Float32Array>>;
  /** C⁻¹ G A⁻¹ for a gradient of each weight, in the order of the file. */
  natural(gradients: ReadonlyMap<string, Float32Array>): Promise<Map<string, Float32Array>>;
}

export interface MetricOptions extends Progress {
  subject: Subject;
  sites: readonly Site[];
  products: Products;
  random: SecretRandom;
  passages: readonly Passage[];
  /** Share of the mean eigenvalue added to both factors. */
  ridge: number;
}

const PASSAGES_PER_RUN = 8;

export async function measureMetric(options: MetricOptions): Promise<Metric> {
  const { subject, sites, products, passages, ridge } = options;
  const sums = new Map<string, Float32Array>();
  const runner = await openGrams(subject, sites);
  const packs = packPassages(subject, passages, PASSAGES_PER_RUN);
  const positions = packs.reduce((sum, { present }) => sum + present.reduce((some, one) => some + one, 0), 0);
  for (const [i, pack] of packs.entries()) {
    report(options, 'metric', i / packs.length);
    const outputs = await runner.run({ ...pack.feeds, ...drawFeeds(subject, pack, options.random) });
    for (const [name, { data }] of Object.entries(outputs)) addTo(sums, name, data);
  }
  await runner.dispose();
  const inverses = new Map<string, Float32Array>();
  for (const { input, inSize, output, outSize } of sites)
    for (const [name, size] of [
      [input, inSize],
      [output, outSize],
    ] as const) {
      report(options, 'metric', 1);
      if (!inverses.has(name))
        inverses.set(name, await invertByHalves(ridged(sums.get(name)!, size, ridge, 1 / positions), size, products));
    }
  return {
    inverses,
    async filters(lambda, refit) {
      const found = new Map<string, Float32Array>();
      for (const [input, size] of new Map(refit.map((site) => [site.input, site.inSize])))
        found.set(input, await filterOf(ridged(sums.get(input)!, size, 0, 1 / positions), size, lambda, products));
      return found;
    },
    natural: (gradients) => natural(sites, inverses, products, gradients),
  };
}

/** Scores have the batch first and perhaps positions next: labels and weights follow that form. */
function drawFeeds({ inspection }: Subject, { present, width }: Pack, random: SecretRandom) {
  const dims = inspection.kind === 'language' ? [present.length / width, width] : [present.length];
  const uniform = Float32Array.from(present, () => random.uniform());
  return {
    uniform: { dtype: 'float32' as const, dims: [...dims, 1], data: uniform },
    present: { dtype: 'float32' as const, dims, data: present },
  };
}

async function openGrams({ model, inspection, engine }: Subject, sites: readonly Site[]): Promise<Runner> {
  const draft = GraphDraft.of(model);
  const axes = inspection.kind === 'language' ? ['batch', 'position'] : ['batch'];
  const [uniform, present] = [draft.input('uniform', 'float32', [...axes, 1]), draft.input('present', 'float32', axes)];
  const scores = inspection.logitsTensor;
  const loss = crossEntropy(draft, scores, drawnLabels(draft, scores, uniform), present);
  const gradients = differentiate(
    draft,
    loss,
    sites.map(({ output }) => output),
  );
  const shown = draft.op('Reshape', [present, draft.ints([-1, 1])]);
  draft.graph.output.length = 0;
  const gram = (tensor: string, size: number, name: string) => {
    const rows = draft.op('Mul', [draft.op('Reshape', [tensor, draft.ints([-1, size])]), shown]);
    draft.output(draft.op('Gemm', [rows, rows], { transA: 1 }), gramName(name));
  };
  for (const [input, size] of new Map(sites.map((site) => [site.input, site.inSize]))) gram(input, size, input);
  for (const { output, outSize } of sites) gram(gradients.get(output)!, outSize, output);
  const runner = await engine.open(draft.write());
  return {
    ...runner,
    run: async (feeds) =>
      Object.fromEntries(
        Object.entries(await runner.run(feeds)).map(([name, tensor]) => [name.slice(gramName('').length), tensor]),
      ),
  };
}

const gramName = (tensor: string): string => `gram of ${tensor}`;

function addTo(sums: Map<string, Float32Array>, name: string, part: Float32Array): void {
  const sum = sums.get(name);
  if (!sum) sums.set(name, Float32Array.from(part));
  else for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}

/** The gram as a mean, its diagonal raised by a share of the mean diagonal. */
function ridged(gram: Float32Array, size: number, ridge: number, scale: number): Float32Array {
  const mean = gram.map((value) => value * scale);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += mean[i * size + i]!;
  for (let i = 0; i < size; i++) mean[i * size + i]! += (ridge * trace) / size + 1e-30;
  return mean;
}

/** (C + λI)⁻¹ C = I − λ (C + λI)⁻¹, with λ in mean eigenvalues. */
async function filterOf(
  covariance: Float32Array,
  size: number,
  lambda: number,
  products: Products,
): Promise<Float32Array> {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += covariance[i * size + i]!;
  const inverse = await invertByHalves(ridged(covariance, size, lambda, 1), size, products);
  return inverse.map((value, at) => Number(at % (size + 1) === 0) - ((lambda * trace) / size) * value);
}

async function natural(
  sites: readonly Site[],
  inverses: ReadonlyMap<string, Float32Array>,
  products: Products,
  gradients: ReadonlyMap<string, Float32Array>,
): Promise<Map<string, Float32Array>> {
  const steps = new Map<string, Float32Array>();
  for (const { weight, transposed, input, output, inSize, outSize } of sites) {
    const [left, right] = transposed ? [output, input] : [input, output];
    const [rows, columns] = transposed ? [outSize, inSize] : [inSize, outSize];
    const half = await products.multiply(inverses.get(left)!, gradients.get(weight)!, rows, rows, columns);
    steps.set(weight, await products.multiply(half, inverses.get(right)!, rows, columns, columns));
  }
  return steps;
}
