import { formatDollars } from '@oml/protocol/money';
import { ImageResponse } from 'next/og';
import { previewOf } from '#kit/preview-image.tsx';
import { modelName, taskWords } from '#model/model-words.ts';
import { modelIdOf } from '#server/model-id.ts';
import { readModel } from '#server/read-model.ts';

export const size = { width: 1200, height: 630 };
export const contentType = 'image/png';
export const alt = 'A model: what it is for, what a call costs, how many hosts answer';

/** What stands for a model where somebody links to it. */
export default async function Image({ params }: { params: Promise<{ id: string }> }): Promise<ImageResponse> {
  const modelId = await modelIdOf(params);
  const model = (await readModel(modelId))?.data;
  if (!model) return new ImageResponse(previewOf({ title: `Model ${modelId}`, lines: [] }), size);
  const { serve } = model.offers;
  const lines = [
    [taskWords(model), model.facts.license, ...model.facts.languages].filter(Boolean).join(' · '),
    [
      serve ? `from $${formatDollars(serve.price)} a call` : 'not offered to new hosts',
      `${model.hostCount} ${model.hostCount === 1 ? 'host' : 'hosts'}`,
    ].join(' · '),
  ];
  return new ImageResponse(previewOf({ title: modelName(model), lines }), size);
}
