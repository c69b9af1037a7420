import { z } from 'zod';

/**
 * Reads a document of SPDX 3.0.1 as strictly as its specification has the classes that are used here: nothing but their
 * members, every name that is meant is in the document or imported, and one declared and one concluded licence of each
 * AI package. A second reading of the specification, since no package carries its schema.
 */
export function readSpdx(text: string): Record<string, unknown>[] {
  const { '@graph': elements } = document.parse(JSON.parse(text));
  const known = new Set<string>(INDIVIDUALS);
  for (const each of elements) {
    if ('spdxId' in each) known.add(each.spdxId);
    if ('@id' in each) known.add(each['@id']);
    if (each.type === 'SpdxDocument') for (const { externalSpdxId } of each.import ?? []) known.add(externalSpdxId);
  }
  for (const name of elements.flatMap(namesMeant)) if (!known.has(name)) throw new Error(`nothing is called ${name}`);
  for (const { spdxId } of elements.filter((each) => each.type === 'ai_AIPackage'))
    for (const kind of ['hasDeclaredLicense', 'hasConcludedLicense']) {
      const licenses = elements.filter(
        (each) => each.type === 'Relationship' && each.from === spdxId && each.relationshipType === kind,
      );
      if (licenses.length !== 1) throw new Error(`${spdxId} has ${licenses.length} relationships ${kind}`);
    }
  return elements;
}

const INDIVIDUALS = ['spdx:ExpandedLicensing/NoAssertionLicense'];

const iri = z.string().regex(/^(?!_:).+:.+/);
const blank = z.string().regex(/^_:.+/);
const hash = z.strictObject({
  type: z.literal('Hash'),
  algorithm: z.enum(['sha256', 'sha512', 'other']),
  hashValue: z.string().min(1),
  comment: z.string().optional(),
});
const entry = z.strictObject({ type: z.literal('DictionaryEntry'), key: z.string(), value: z.string().optional() });
const element = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({
    type: z.literal(type),
    spdxId: iri,
    creationInfo: blank,
    name: z.string().min(1).optional(),
    comment: z.string().optional(),
    verifiedUsing: z.array(hash).optional(),
    ...shape,
  });
const software = {
  software_packageVersion: z.string().optional(),
  software_primaryPurpose: z.enum(['model', 'data']).optional(),
  suppliedBy: iri.optional(),
};

const PROFILES = ['core', 'software', 'ai', 'dataset', 'simpleLicensing'] as const;
const RELATIONS = ['hasDeclaredLicense', 'hasConcludedLicense', 'testedOn', 'trainedOn', 'descendantOf'] as const;

const classes = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('CreationInfo'),
    '@id': blank,
    specVersion: z.literal('3.0.1'),
    created: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    createdBy: z.array(iri).min(1),
  }),
  element('Agent', {}),
  element('SoftwareAgent', {}),
  element('ai_AIPackage', {
    ...software,
    ai_typeOfModel: z.array(z.string()).optional(),
    ai_domain: z.array(z.string()).optional(),
    ai_metric: z.array(entry).optional(),
  }),
  element('dataset_DatasetPackage', { ...software, dataset_datasetType: z.array(z.literal('noAssertion')).min(1) }),
  element('simplelicensing_LicenseExpression', {
    simplelicensing_licenseExpression: z.string().regex(/^(?:LicenseRef-)?[A-Za-z0-9.-]+$/),
  }),
  element('Relationship', { from: iri, relationshipType: z.enum(RELATIONS), to: z.array(iri).min(1) }),
  element('Annotation', { annotationType: z.enum(['other', 'review']), subject: iri, statement: z.string().min(1) }),
  element('SpdxDocument', {
    profileConformance: z.array(z.enum(PROFILES)),
    rootElement: z.array(iri).length(1),
    element: z.array(iri),
    import: z.array(z.strictObject({ type: z.literal('ExternalMap'), externalSpdxId: iri })).optional(),
  }),
]);
const document = z.strictObject({
  '@context': z.literal('https://spdx.org/rdf/3.0.1/spdx-context.jsonld'),
  '@graph': z.array(classes),
});

function namesMeant(each: z.output<typeof classes>): string[] {
  switch (each.type) {
    case 'CreationInfo':
      return each.createdBy;
    case 'Relationship':
      return [each.creationInfo, each.from, ...each.to];
    case 'Annotation':
      return [each.creationInfo, each.subject];
    case 'SpdxDocument':
      return [each.creationInfo, ...each.rootElement, ...each.element];
    case 'ai_AIPackage':
      return [each.creationInfo, ...(each.suppliedBy ? [each.suppliedBy] : [])];
    default:
      return [each.creationInfo];
  }
}
