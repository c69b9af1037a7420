import 'server-only';
import type { ExportedModel } from '@oml/measure/export/exported-model';
import { exportedOf } from '#model/exported-of.ts';
import { readSetup } from './public-config.ts';
import { readEvidence } from './read-model.ts';

/** What exports are written of; undefined where the index does not answer, its `data` where there is no such model. */
export async function readExported(modelId: bigint): Promise<{ data: ExportedModel | undefined } | undefined> {
  const setup = readSetup();
  const index = await readEvidence(modelId);
  if (!index || !('config' in setup)) return undefined;
  const { chainId, contracts } = setup.config.deployment;
  const place = { chainId, modelRegistry: contracts.modelRegistry };
  return { data: index.data && exportedOf(place, index.data.model, index.data.measurements, new Date()) };
}
