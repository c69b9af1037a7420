import { Document, isMap, isScalar } from 'yaml';
import { secondsOf, titleOf, type ExportedModel, type PublishedMeasurement } from './exported-model.ts';

const CLAIMED = ' claimed: the owner of the model wrote it on its card';
const MEASURED = ' measured: whether an owner claims it or a verifier checked it stands in its args and its source';

/**
 * A model card as Hugging Face reads it: `model-index` with every measurement, before the owner's own text. A metric
 * says in `args` who stands for it; `verified` is left out, since there it means that Hugging Face evaluated it.
 */
export function huggingFaceCard(model: ExportedModel): string {
  const { card } = model;
  const document = new Document({
    ...(card.license ? { license: card.license } : {}),
    ...(card.task ? { pipeline_tag: card.task } : {}),
    ...(card.library ? { library_name: card.library } : {}),
    ...listed('language', card.languages),
    ...listed('tags', card.tags),
    ...listed('datasets', card.datasets),
    ...listed('base_model', card.baseModels),
    'model-index': [{ name: titleOf(model), results: model.measurements.map((each) => resultOf(model, each)) }],
  });
  const { contents } = document;
  if (isMap(contents))
    for (const { key } of contents.items)
      if (isScalar(key)) key.commentBefore = key.value === 'model-index' ? MEASURED : CLAIMED;
  return `---\n${document.toString({ lineWidth: 0 })}---\n\n${card.text.trim()}\n`;
}

const listed = (name: string, words: readonly string[]) => (words.length > 0 ? { [name]: words } : {});

function resultOf({ card }: ExportedModel, { measurement, by, as, tx, anchoredAt }: PublishedMeasurement): object {
  const { method, data, release, command, figures } = measurement;
  return {
    task: { type: card.task ?? 'other' },
    dataset: { type: 'oml', name: data.name, revision: data.digest },
    metrics: figures.map(({ name, value, low, high, unit }) => ({
      type: `${method.name}-${method.version}`,
      name: `${name}${unit ? ` (${unit})` : ''}, ${as}`,
      value,
      args: { standing: as, by, low, high, release, tx, at: secondsOf(anchoredAt), command },
    })),
    source: { name: `${as} by ${by}` },
  };
}
