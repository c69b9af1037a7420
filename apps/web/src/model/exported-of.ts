import type { ExportedModel } from '@oml/measure/export/exported-model';
import type { ShownMeasurement } from './shown-measurement.ts';
import type { ShownModel } from './shown-model.ts';

/** A model as its page shows it, as exports are written of it; its measurements the oldest first. */
export function exportedOf(
  place: Pick<ExportedModel, 'chainId' | 'modelRegistry'>,
  model: ShownModel,
  measurements: readonly ShownMeasurement[],
  exportedAt: Date,
): ExportedModel {
  const { modelId, owner, release, weightsDigest, parents, facts, name, card } = model;
  return {
    ...place,
    modelId,
    owner,
    release,
    weightsDigest,
    parents,
    card: { ...facts, ...(name === undefined ? {} : { name }), text: card ?? '' },
    measurements: measurements.toReversed(),
    exportedAt,
  };
}
