import { exposeTensors, indexGraph } from '@oml/onnx/graph';
import { residualBranches, sumAt } from '@oml/onnx/inspect/residual';
import { linearProducts } from '@oml/onnx/rewrite/weights';
import { outputOf } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import type { Subject } from '../subject/subject.ts';
import { packPassages, type Passage } from './passage.ts';

/** A matrix that hardening changes: `output = input · W` at every position by itself. */
export interface Site {
  weight: string;
  /** Stored as [outSize, inSize]? */
  transposed: boolean;
  input: string;
  output: string;
  inSize: number;
  outSize: number;
}

/** Above this many columns the output's own metric would cost more than all the rest. */
const WIDEST = 8192;

/**
 * The matrices that write into the residual stream, of every layer: what they write is nearly linear in what the model
 * answers, so that least moves stay least.
 * (The others were measured too: all matrices together do half as much harm again.) A model without residual stream
 * changes every matrix but its head.
 * Only float32 matrices that are used once and act on positions one by one, proven on an example. Throws
 * MODEL_UNSUPPORTED where there is none.
 */
export async function hardenedSites(subject: Subject, example: readonly Passage[]): Promise<Site[]> {
  const { model, inspection, engine } = subject;
  if (inspection.dtype !== 'float32')
    throw new OmlError(
      'MODEL_UNSUPPORTED',
      `Hardening changes float32 weights; this model stores ${inspection.dtype}.`,
    );
  const uses = new Map<string, number>();
  const products = linearProducts(model);
  for (const { weight } of products) uses.set(weight.name, (uses.get(weight.name) ?? 0) + 1);
  const writers = residualWriters(subject);
  const candidates = products
    .filter(
      ({ weight, node, outSize }) =>
        weight.name !== inspection.head?.initializer &&
        uses.get(weight.name) === 1 &&
        outSize <= WIDEST &&
        (writers.size === 0 || writers.has(node.output[0]!)),
    )
    .map(({ weight, transposed, input, node, inSize, outSize }): Site => ({
      weight: weight.name,
      transposed,
      input,
      output: node.output[0]!,
      inSize,
      outSize,
    }));
  const [pack] = packPassages(subject, example);
  const names = [...new Set(candidates.map(({ input }) => input))];
  const runner = await engine.open(exposeTensors(model, names));
  const outputs = await runner.run(pack!.feeds, names);
  await runner.dispose();
  const sites = candidates.filter(
    ({ input, inSize }) => outputOf(outputs, input).data.length === pack!.present.length * inSize,
  );
  if (sites.length === 0)
    throw new OmlError('MODEL_UNSUPPORTED', 'No matrix of this model acts on positions one by one.');
  return sites;
}

/** Outputs of the products whose sum is the residual stream; none where there is no stream. */
export function residualWriters({ model, inspection }: Pick<Subject, 'model' | 'inspection'>): Set<string> {
  const index = indexGraph(model.graph);
  const last = sumAt(index, inspection.site.hiddenTensor);
  return new Set(last ? residualBranches(index, last).map(({ node }) => node.output[0]!) : []);
}
