import type { Weights } from '@oml/onnx/autodiff/adam';
import type { Products } from '../algebra/products.ts';
import { joinFloats, type AnswerGraph, type Answers, type Question } from './answer-graph.ts';
import type { Metric } from './metric.ts';
import type { RowKernel } from './row-kernel.ts';
import type { Site } from './site.ts';

/** sign · lead ≥ goal at one passage, asked of some weights. */
export interface Constraint extends Question {
  goal: number;
  /** −1 for an outcome that must stay behind. */
  sign: 1 | -1;
}

/** Constraints that are asked of the same weights: the model itself, or an average with the clean one. */
export interface Group {
  constraints: readonly Constraint[];
  weights: Weights;
  /** Share of a change that reaches these weights. */
  share: number;
  /** What reaches them of each input, [inSize, inSize], symmetric, by the name of that tensor; all where absent. */
  filters?: Filters;
}

/** By input tensor. */
export type Filters = ReadonlyMap<string, Float32Array>;

/** What constraints are solved with. */
export interface Solver {
  graph: AnswerGraph;
  kernel: RowKernel;
  metric: Metric;
  sites: readonly Site[];
  products: Products;
}

/** Largest rise of a lead that one step is asked for: beyond it the linear picture misleads. */
const LONGEST_RISE = 2;
/**
 * Ridge on the kernel of the constraints, as a share of its mean diagonal: neighbours that contradict each other would
 * call for endless steps.
 */
const KERNEL_RIDGE = 0.01;

/**
 * Moves weights by the least change, in the metric, after which all constraints hold to first order. Returns by how
 * much each was missed before. The dual is
 * solved by coordinate ascent over the kernel K_ij = Σ over matrices of (x_i C⁻¹ x_j)(g_i A⁻¹ g_j).
 */
export async function meetConstraints(
  { graph, kernel, metric, sites, products }: Solver,
  groups: readonly Group[],
  moved: Weights,
): Promise<number[]> {
  const asked = await askAll(graph, sites, groups, products);
  const missed = asked.constraints.map(({ goal, sign }, i) => goal - sign * asked.leads[i]!);
  if (missed.every((by) => by <= 0)) return missed;
  const solved = new Map<Site, { x: Float32Array; g: Float32Array }>();
  const sum = new Float64Array(missed.length ** 2);
  for (const site of sites) {
    const [x, g] = [
      { data: asked.inputs.get(site.input)!, size: site.inSize, inverse: metric.inverses.get(site.input)! },
      { data: asked.gradients.get(site.output)!, size: site.outSize, inverse: metric.inverses.get(site.output)! },
    ];
    const pairs = await kernel.pairs(x, g);
    for (let i = 0; i < sum.length; i++) sum[i]! += pairs.kernel[i]!;
    solved.set(site, pairs);
  }
  const duals = ascend(
    sum,
    missed.map((by) => Math.min(by, LONGEST_RISE)),
  );
  const perRow = Float32Array.from(
    { length: missed.length * asked.depth },
    (_, row) => duals[Math.floor(row / asked.depth)]!,
  );
  for (const [{ weight, transposed, inSize, outSize }, { x, g }] of solved) {
    const change = transposed
      ? await kernel.sum(g, outSize, x, inSize, perRow)
      : await kernel.sum(x, inSize, g, outSize, perRow);
    const values = moved.get(weight)!;
    for (let i = 0; i < values.length; i++) values[i]! += change[i]!;
  }
  return missed;
}

interface Asked extends Answers {
  constraints: Constraint[];
}

/**
 * Answers of all groups one after another; gradients carry the sign of their constraint and the share of their group.
 */
async function askAll(
  graph: AnswerGraph,
  sites: readonly Site[],
  groups: readonly Group[],
  products: Products,
): Promise<Asked> {
  const answers: Answers[] = [];
  for (const { constraints, weights } of groups) answers.push(await graph.ask(constraints, weights));
  const depth = answers[0]!.depth;
  const signed = (output: string, size: number) =>
    answers.map((answer, at) => {
      const gradients = answer.gradients.get(output)!;
      groups[at]!.constraints.forEach(({ sign }, i) => {
        const factor = sign * groups[at]!.share;
        if (factor !== 1) for (let k = i * depth * size; k < (i + 1) * depth * size; k++) gradients[k]! *= factor;
      });
      return gradients;
    });
  const inputs = new Map<string, Float32Array>();
  for (const [input, size] of new Map(sites.map((site) => [site.input, site.inSize]))) {
    const parts: Float32Array[] = [];
    for (const [at, { filters }] of groups.entries()) {
      const rows = answers[at]!.inputs.get(input)!;
      const filter = filters?.get(input);
      parts.push(filter ? await products.multiply(rows, filter, rows.length / size, size, size) : rows);
    }
    inputs.set(input, joinFloats(parts));
  }
  return {
    constraints: groups.flatMap((group) => group.constraints),
    depth,
    leads: joinFloats(answers.map((answer) => answer.leads)),
    inputs,
    gradients: new Map(sites.map(({ output, outSize }) => [output, joinFloats(signed(output, outSize))])),
  };
}

const SWEEPS = 500;

/** min ½ αᵀKα − αᵀb over α ≥ 0. */
function ascend(kernel: Float64Array, wanted: readonly number[]): Float64Array {
  const count = wanted.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += kernel[i * count + i]! / count;
  const weights = new Float64Array(count);
  const missing = Float64Array.from(wanted);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0;
    for (let i = 0; i < count; i++) {
      const diagonal = kernel[i * count + i]! + KERNEL_RIDGE * mean;
      const step = Math.max(-weights[i]!, (missing[i]! - KERNEL_RIDGE * mean * weights[i]!) / diagonal);
      if (step === 0) continue;
      weights[i]! += step;
      for (let j = 0; j < count; j++) missing[j]! -= step * kernel[j * count + i]!;
      largest = Math.max(largest, Math.abs(step) * diagonal);
    }
    if (largest < 1e-3) break;
  }
  return weights;
}
