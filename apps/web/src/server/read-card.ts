import 'server-only';
import { getModel } from '@oml/db/models';
import { listReleases } from '@oml/db/releases';
import { exportedCard } from '@oml/protocol/wire/model-card';
import { readIndex } from './index-reader.ts';
import { readSetup } from './public-config.ts';

/** A model's card for Hugging Face's hub; its `data` is undefined where there is no such model. */
export async function readExportedCard(
  modelId: bigint,
  origin: string,
): Promise<{ data: string | undefined } | undefined> {
  const setup = readSetup();
  if ('problem' in setup) return undefined;
  const { chainId, deployment } = setup.config;
  const index = await readIndex((db) => Promise.all([getModel(db, modelId), listReleases(db, modelId)]));
  if (!index) return undefined;
  const [model, [latest]] = index.data;
  if (!model || !latest) return { data: undefined };
  const { card = '', name = `Model ${modelId}`, kind } = model;
  return {
    data: exportedCard(card, {
      ...(kind ? { kind } : {}),
      name,
      origin: {
        chainId,
        registry: deployment.contracts.modelRegistry,
        modelId: String(modelId),
        release: latest.release,
        weightsDigest: latest.weightsDigest,
        page: `${origin}/models/${modelId}`,
      },
    }),
  };
}
