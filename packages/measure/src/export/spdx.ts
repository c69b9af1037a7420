import {
  accountName,
  accountsOf,
  figuresOf,
  modelName,
  secondsOf,
  standingWords,
  titleOf,
  type ExportedModel,
  type PublishedMeasurement,
} from './exported-model.ts';

const NO_LICENSE = 'spdx:ExpandedLicensing/NoAssertionLicense';
const CREATION = '_:creation';
const TOOL = 'urn:oml:export';

/** Cards name licences as Hugging Face does, in small letters; SPDX compares its names without regard to case. */
const OF_SPDX = new Set(
  (
    '0bsd afl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsl-1.0 cc0-1.0 cc-by-4.0 cc-by-nc-4.0 ' +
    'cc-by-nc-nd-4.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 ecl-2.0 epl-1.0 epl-2.0 eupl-1.1 eupl-1.2 ' +
    'isc mit mpl-2.0 ms-pl ncsa odbl-1.0 ofl-1.1 osl-3.0 postgresql unlicense wtfpl zlib'
  ).split(' '),
);

/**
 * A model and its measurements as an SPDX 3.0.1 document of the AI profile (JSON-LD). Figures are metrics of its
 * `ai_AIPackage`. Whose word a field is, is told by annotations: of what is measured, by who measured it; of what the
 * card claims and the chain holds, by the exporter.
 */
export function spdxDocument(model: ExportedModel): object {
  const self = modelName(model, model.modelId);
  const elements = [
    packageOf(model, self),
    ...licensesOf(model, self),
    ...dataOf(model, self),
    ...parentsOf(model, self),
  ];
  const annotations = [...claimedOf(model, self), recordedOf(model, self), ...model.measurements.map(measuredOf(self))];
  const agents = accountsOf(model).map((account) => agentOf(accountName(model, account)));
  const all: Element[] = [...agents, ...elements, ...annotations];
  const names = all.map(({ spdxId }) => spdxId);
  return {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      creation(CREATION, TOOL, model.exportedAt),
      ...model.measurements.map(({ by, anchoredAt }, i) => creation(creationOf(i), accountName(model, by), anchoredAt)),
      { type: 'SoftwareAgent', spdxId: TOOL, creationInfo: CREATION, name: 'oml measure export' },
      ...all,
      {
        type: 'SpdxDocument',
        spdxId: `${self}#document`,
        creationInfo: CREATION,
        profileConformance: ['core', 'software', 'ai', 'dataset', 'simpleLicensing'],
        rootElement: [self],
        element: [TOOL, ...names],
        ...(model.parents.length > 0
          ? { import: model.parents.map((id) => ({ type: 'ExternalMap', externalSpdxId: modelName(model, id) })) }
          : {}),
      },
    ],
  };
}

type Element = Record<string, unknown>;

const creationOf = (i: number): string => `_:measured${i}`;
const creation = (id: string, by: string, at: Date): Element => ({
  type: 'CreationInfo',
  '@id': id,
  specVersion: '3.0.1',
  created: secondsOf(at),
  createdBy: [by],
});
const agentOf = (name: string): Element => ({ type: 'Agent', spdxId: name, creationInfo: CREATION, name });

function packageOf(model: ExportedModel, self: string): Element {
  const { card, release, weightsDigest, owner } = model;
  return {
    type: 'ai_AIPackage',
    spdxId: self,
    creationInfo: CREATION,
    name: titleOf(model),
    software_packageVersion: String(release),
    software_primaryPurpose: 'model',
    suppliedBy: accountName(model, owner),
    verifiedUsing: [{ type: 'Hash', algorithm: 'other', hashValue: weightsDigest, comment: 'weights digest of OML' }],
    ...(card.task ? { ai_typeOfModel: [card.task] } : {}),
    ...(card.tags.length > 0 ? { ai_domain: card.tags } : {}),
    ai_metric: figuresOf(model).map(
      ({ measurement: { method }, figure: { name, value, low, high, unit }, as, by }) => ({
        type: 'DictionaryEntry',
        key: `${method.name} ${method.version}: ${name}`,
        value: `${value}${unit ? ` ${unit}` : ''} [${low}, ${high}], ${as} by ${by}`,
      }),
    ),
  };
}

/** The AI profile wants one declared and one concluded licence of each package; nobody here concludes any. */
function licensesOf({ card: { license } }: ExportedModel, self: string): Element[] {
  const id = `${self}#license`;
  const expression =
    license === undefined
      ? undefined
      : OF_SPDX.has(license.toLowerCase())
        ? license
        : `LicenseRef-${license.replace(/[^\w.-]|_/g, '-')}`;
  return [
    ...(expression === undefined
      ? []
      : [
          {
            type: 'simplelicensing_LicenseExpression',
            spdxId: id,
            creationInfo: CREATION,
            simplelicensing_licenseExpression: expression,
          },
        ]),
    relation(self, 'hasDeclaredLicense', [expression === undefined ? NO_LICENSE : id]),
    relation(self, 'hasConcludedLicense', [NO_LICENSE]),
  ];
}

/** What it was measured with, and what its card says it was trained on. */
function dataOf({ card, measurements }: ExportedModel, self: string): Element[] {
  const tested = new Map(measurements.map(({ measurement: { data } }) => [data.digest, data.name]));
  const dataset = (spdxId: string, name: string, more: Element = {}): Element => ({
    type: 'dataset_DatasetPackage',
    spdxId,
    creationInfo: CREATION,
    name,
    dataset_datasetType: ['noAssertion'],
    ...more,
  });
  const testedOn = [...tested].map(([digest, name]) =>
    dataset(`urn:oml:data:${digest}`, name, {
      verifiedUsing: [{ type: 'Hash', algorithm: 'other', hashValue: digest, comment: 'digest of data of OML' }],
    }),
  );
  const trainedOn = card.datasets.map((name, i) => dataset(`${self}#dataset-${i}`, name));
  const ids = (elements: readonly Element[]) => elements.map(({ spdxId }) => String(spdxId));
  return [
    ...testedOn,
    ...trainedOn,
    ...(testedOn.length > 0 ? [relation(self, 'testedOn', ids(testedOn))] : []),
    ...(trainedOn.length > 0 ? [relation(self, 'trainedOn', ids(trainedOn))] : []),
  ];
}

const parentsOf = (model: ExportedModel, self: string): Element[] =>
  model.parents.length === 0
    ? []
    : [
        relation(
          self,
          'descendantOf',
          model.parents.map((id) => modelName(model, id)),
        ),
      ];

const relation = (from: string, relationshipType: string, to: string[]): Element => ({
  type: 'Relationship',
  spdxId: `${from}#${relationshipType}`,
  creationInfo: CREATION,
  from,
  relationshipType,
  to,
});

function claimedOf({ card }: ExportedModel, subject: string): Element[] {
  const claimed = [
    ...(card.name ? ['name'] : []),
    ...(card.license ? ['hasDeclaredLicense'] : []),
    ...(card.task ? ['ai_typeOfModel'] : []),
    ...(card.tags.length > 0 ? ['ai_domain'] : []),
    ...(card.datasets.length > 0 ? ['trainedOn'] : []),
  ];
  if (claimed.length === 0) return [];
  const statement = `claimed: the owner of the model wrote it on its card: ${claimed.join(', ')}`;
  return [annotation(`${subject}#claimed`, CREATION, 'other', { subject, statement })];
}

function recordedOf({ parents }: ExportedModel, subject: string): Element {
  const recorded = [
    'software_packageVersion',
    'suppliedBy',
    'verifiedUsing',
    ...(parents.length > 0 ? ['descendantOf'] : []),
  ];
  const statement = `recorded: it stands on chain: ${recorded.join(', ')}`;
  return annotation(`${subject}#recorded`, CREATION, 'other', { subject, statement });
}

/** Whoever measured says so; a review is what somebody staked looked at. */
const measuredOf =
  (subject: string) =>
  (published: PublishedMeasurement, i: number): Element =>
    annotation(`${subject}#measured-${i}`, creationOf(i), published.as === 'checked' ? 'review' : 'other', {
      subject,
      statement: `${figureNames(published)}: ${standingWords(published)}`,
    });

const figureNames = ({ measurement: { method, figures } }: PublishedMeasurement): string =>
  `${method.name} ${method.version} (${figures.map(({ name }) => name).join(', ')})`;

const annotation = (spdxId: string, creationInfo: string, annotationType: string, more: Element): Element => ({
  type: 'Annotation',
  spdxId,
  creationInfo,
  annotationType,
  ...more,
});
