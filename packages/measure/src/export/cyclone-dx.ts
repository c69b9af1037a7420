import {
  accountName,
  accountsOf,
  figuresOf,
  modelName,
  secondsOf,
  standingWords,
  titleOf,
  type ExportedFigure,
  type ExportedModel,
  type PublishedMeasurement,
} from './exported-model.ts';

const CARD = '/metadata/component/modelCard';
const METRICS = `${CARD}/quantitativeAnalysis/performanceMetrics`;

/**
 * A model and its measurements as a CycloneDX 1.7 bill of materials of machine learning (ECMA-424). Whose word a field
 * is, is told by its citations: JSON pointers, to whom they are attributed, and in words whether that is claimed by the
 * owner, recorded on chain, or measured and by whom.
 */
export function cycloneDx(model: ExportedModel): object {
  const figures = figuresOf(model);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.7.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.7',
    version: 1,
    metadata: {
      timestamp: secondsOf(model.exportedAt),
      tools: { services: [{ 'bom-ref': registryRef(model), name: 'OML model registry' }] },
      authors: accountsOf(model).map((account) => {
        const name = accountName(model, account);
        return { 'bom-ref': name, name };
      }),
      component: componentOf(model, figures),
    },
    citations: [...claimedOf(model), recordedOf(model), ...measuredOf(model)],
  };
}

const registryRef = ({ chainId, modelRegistry }: ExportedModel): string => `eip155:${chainId}:${modelRegistry}`;

function componentOf(model: ExportedModel, figures: readonly ExportedFigure[]): object {
  const { card, release, weightsDigest, owner, parents } = model;
  return {
    type: 'machine-learning-model',
    'bom-ref': modelName(model, model.modelId),
    name: titleOf(model),
    version: String(release),
    ...(card.license ? { licenses: [{ license: { name: card.license, acknowledgement: 'declared' } }] } : {}),
    ...(card.tags.length > 0 ? { tags: card.tags } : {}),
    ...(parents.length > 0
      ? {
          pedigree: {
            ancestors: parents.map((parent) => ({
              type: 'machine-learning-model',
              'bom-ref': modelName(model, parent),
              name: `model ${parent}`,
            })),
          },
        }
      : {}),
    properties: [
      { name: 'oml:weightsDigest', value: weightsDigest },
      { name: 'oml:owner', value: accountName(model, owner) },
    ],
    modelCard: {
      modelParameters: {
        ...(card.task ? { task: card.task } : {}),
        ...(card.datasets.length > 0 ? { datasets: card.datasets.map((name) => ({ type: 'dataset', name })) } : {}),
      },
      quantitativeAnalysis: { performanceMetrics: figures.map(metricOf) },
      properties: model.measurements.flatMap(({ measurement, by, as, tx }) => [
        { name: `oml:measurement:${tx}:standing`, value: `${as} by ${by}` },
        { name: `oml:measurement:${tx}:command`, value: measurement.command },
      ]),
    },
  };
}

function metricOf({ measurement: { method, data }, figure: { name, value, low, high, unit } }: ExportedFigure): object {
  return {
    type: `${method.name} ${method.version}: ${name}${unit ? ` (${unit})` : ''}`,
    value: String(value),
    slice: `${data.name} ${data.digest}`,
    confidenceInterval: { lowerBound: String(low), upperBound: String(high) },
  };
}

/** What stands on the owner's card. */
function claimedOf(model: ExportedModel): object[] {
  const { card } = model;
  const pointers = [
    ...(card.name ? ['/metadata/component/name'] : []),
    ...(card.license ? ['/metadata/component/licenses'] : []),
    ...(card.tags.length > 0 ? ['/metadata/component/tags'] : []),
    ...(card.task ? [`${CARD}/modelParameters/task`] : []),
    ...(card.datasets.length > 0 ? [`${CARD}/modelParameters/datasets`] : []),
  ];
  if (pointers.length === 0) return [];
  return [
    {
      pointers,
      attributedTo: accountName(model, model.owner),
      timestamp: secondsOf(model.exportedAt),
      note: 'claimed: the owner of the model wrote it on its card',
    },
  ];
}

const recordedOf = (model: ExportedModel): object => ({
  pointers: [
    '/metadata/component/version',
    '/metadata/component/properties',
    ...(model.parents.length > 0 ? ['/metadata/component/pedigree'] : []),
  ],
  attributedTo: registryRef(model),
  timestamp: secondsOf(model.exportedAt),
  note: 'recorded: it stands on chain',
});

/** Each measurement with the figures that are its own. */
function measuredOf(model: ExportedModel): object[] {
  let first = 0;
  return model.measurements.map((published: PublishedMeasurement) => {
    const from = first;
    first += published.measurement.figures.length;
    return {
      pointers: published.measurement.figures.map((_, i) => `${METRICS}/${from + i}`),
      attributedTo: accountName(model, published.by),
      timestamp: secondsOf(published.anchoredAt),
      note: standingWords(published),
    };
  });
}
