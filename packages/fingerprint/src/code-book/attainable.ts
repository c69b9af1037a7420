import type { Products } from '../algebra/products.ts';
import type { Readout } from '../subject/readout.ts';
import { transpose } from '../algebra/linear-algebra.ts';

const ROWS_PER_PRODUCT = 512;

/**
 * A lead in logits that each outcome can surely reach for some hidden state: its lead when the state points along its
 * own centred direction. Where
 * the directions of an outcome lie inside the hull of the others no state makes it the likeliest, and no edit can (cf.
 * Demeter et al. 2020,
 * arXiv:2005.02433); a code book must not offer such an answer, since the beacon might choose it.
 */
export async function attainableLeads(readout: Readout, products: Products): Promise<Float64Array> {
  const { outcomes, hiddenSize: size, offsets } = readout;
  const aims = centred(readout);
  const turned = Float32Array.from(transpose(readout.directions, outcomes, size));
  const leads = new Float64Array(outcomes);
  for (let start = 0; start < outcomes; start += ROWS_PER_PRODUCT) {
    const count = Math.min(ROWS_PER_PRODUCT, outcomes - start);
    const scores = await products.multiply(
      aims.slice(start * size, (start + count) * size),
      turned,
      count,
      size,
      outcomes,
    );
    for (let row = 0; row < count; row++) {
      const scale = readout.scale(aims, (start + row) * size);
      let rival = -Infinity;
      for (let j = 0; j < outcomes; j++)
        if (j !== start + row) rival = Math.max(rival, scores[row * outcomes + j]! / scale + offsets[j]!);
      leads[start + row] = scores[row * outcomes + start + row]! / scale + offsets[start + row]! - rival;
    }
  }
  return leads;
}

/**
 * Directions without their mean: along the mean all scores rise alike. Without a norm a state may be as long as it
 * takes.
 */
function centred({ outcomes, hiddenSize: size, directions, scale }: Readout): Float32Array {
  const mean = new Float64Array(size);
  directions.forEach((value, i) => (mean[i % size]! += value / outcomes));
  const unscaled = scale(new Float64Array(size).fill(2), 0) === 1;
  return Float32Array.from(directions, (value, i) => (value - mean[i % size]!) * (unscaled ? 100 : 1));
}
