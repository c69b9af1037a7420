import { OmlError } from '@oml/protocol/error';
import type { OnnxModel } from '../file/model-file.ts';
import { mapWeights } from './weights.ts';

/**
 * Sets the given fraction (0 to 1) of each weight matrix to zero, smallest magnitudes first. Throws REQUEST_INVALID.
 */
export function pruneWeights(model: OnnxModel, fraction: number): OnnxModel {
  if (!(fraction >= 0 && fraction <= 1))
    throw new OmlError('REQUEST_INVALID', `A fraction lies between 0 and 1; ${fraction} does not.`);
  return mapWeights(model, (values) => {
    const order = values.map(Math.abs).sort();
    const count = Math.round(fraction * values.length);
    if (count === 0) return values;
    const threshold = order[count - 1]!;
    // Of several values at the threshold only as many fall as the fraction asks for.
    let ties = count - order.findIndex((magnitude) => magnitude === threshold);
    return values.map((value) =>
      Math.abs(value) < threshold || (Math.abs(value) === threshold && ties-- > 0) ? 0 : value,
    );
  });
}
