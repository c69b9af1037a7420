import { exposeTensors } from '@oml/onnx/graph';
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
 * All float32 matrices but the head that are used once and act on positions one by one, proven on an example. Throws MODEL_UNSUPPORTED where there is none.
 */
export async function hardenedSites(subject: Subject, example: readonly Passage[]): Promise<Site[]> {
  const { model, inspection, engine } = subject;
  if (inspection.dtype !== 'float32') throw new OmlError('MODEL_UNSUPPORTED', `Hardening trains float32 weights; this model stores ${inspection.dtype}.`);
  const uses = new Map<string, number>();
  const products = linearProducts(model);
  for (const { weight } of products) uses.set(weight.name, (uses.get(weight.name) ?? 0) + 1);
  const candidates = products
    .filter(({ weight, outSize }) => weight.name !== inspection.head?.initializer && uses.get(weight.name) === 1 && outSize <= WIDEST)
    .map(({ weight, transposed, input, node, inSize, outSize }): Site => ({ weight: weight.name, transposed, input, output: node.output[0]!, inSize, outSize }));
  const [pack] = packPassages(subject, example);
  const names = [...new Set(candidates.map(({ input }) => input))];
  const runner = await engine.open(exposeTensors(model, names));
  const outputs = await runner.run(pack!.feeds, names);
  await runner.dispose();
  const sites = candidates.filter(({ input, inSize }) => outputOf(outputs, input).data.length === pack!.present.length * inSize);
  if (sites.length === 0) throw new OmlError('MODEL_UNSUPPORTED', 'No matrix of this model acts on positions one by one.');
  return sites;
}
