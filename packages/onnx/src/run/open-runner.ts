import { loadModel } from '../file/inline.ts';
import type { StoredModel } from '../file/stored-model.ts';
import { exposeTensors } from '../inspect/graph.ts';
import { openBlocks } from './blocks.ts';
import type { Engine, Runner } from './runner.ts';

/** Bytes of weights up to which a model is loaded whole. */
export const MAX_WHOLE_BYTES = 2 ** 29;

/**
 * Opens a stored model so that the named inner tensors can be asked for too: whole where it is small enough, block by
 * block where it is not.
 */
export async function openRunner(
  model: StoredModel,
  engine: Engine,
  names: readonly string[] = [],
  maxWholeBytes = MAX_WHOLE_BYTES,
): Promise<Runner> {
  const bytes = [...model.stored.values()].reduce((sum, { length }) => sum + length, 0);
  return bytes <= maxWholeBytes ? engine.open(exposeTensors(await loadModel(model), names)) : openBlocks(model, engine);
}
