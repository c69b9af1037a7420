import { feedTokens, feedValues } from '../run/feeds.ts';
import type { Tensor } from '../run/runner.ts';
import { seededRandom } from '../run/seeded-random.ts';
import type { Inspection } from './inspection.ts';

const SEQUENCES = 2;
const LENGTH = 8;
const ITEMS = 4;

/** Random inputs that a model can be tried with; the same for one seed. */
export function probeFeeds(inspection: Inspection, seed: number): Record<string, Tensor> {
  const random = seededRandom(seed);
  const [batch, length] = inspection.input.dims;
  if (inspection.reads === 'values') {
    const count = batch ?? ITEMS;
    const size = inspection.input.dims.slice(1).reduce<number>((product, dim) => product * (dim ?? 1), count);
    return feedValues(
      inspection,
      Float32Array.from({ length: size }, () => random()),
      count,
    );
  }
  // Low ids are in every vocabulary; an encoder does not tell its own.
  const known = inspection.kind === 'language' ? inspection.outcomes : 32;
  const sequence = () =>
    Array.from({ length: length ?? Math.min(LENGTH, inspection.contextLength ?? LENGTH) }, () =>
      Math.floor(random() * known),
    );
  return feedTokens(inspection, Array.from({ length: batch ?? SEQUENCES }, sequence));
}

/** The same feeds with another last token in each sequence. */
export function withOtherEnd({ input, outcomes }: Inspection, feeds: Record<string, Tensor>): Record<string, Tensor> {
  const tokens = feeds[input.name]!;
  const length = tokens.dims[1]!;
  const data = tokens.data.slice();
  for (let at = length - 1; at < data.length; at += length) {
    const next = (Number(data[at]) + 1) % outcomes;
    data[at] = typeof data[at] === 'bigint' ? BigInt(next) : next;
  }
  return { ...feeds, [input.name]: { ...tokens, data } as Tensor };
}
