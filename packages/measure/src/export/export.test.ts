import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { measurementSchema, type Measurement } from '@oml/protocol/wire/measurement';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSpdx } from '../../test-support/read-spdx.ts';
import { EXPORT_FORMATS, type ExportFormat } from './export-model.ts';
import type { ExportedModel } from './exported-model.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const VERIFIER = '0x00000000000000000000000000000000000000B2';
const TX = `0x${'d4'.repeat(32)}` as const;

const measured = (name: string, figures: string[]): Measurement =>
  measurementSchema.parse({
    format: 'oml-measurement-1',
    method: { name, version: 2 },
    release: `0x${'a1'.repeat(32)}`,
    target: 'file',
    data: { name: `${name} "data": <odd>`, digest: `0x${'b2'.repeat(32)}` },
    settings: {},
    figures: figures.map((figure, i) => ({ name: figure, value: 0.5 + i, low: 0.25, high: 9, unit: 'nats' })),
    command: `npx oml measure ${name} models/fable --data data`,
    measuredAt: 1,
  });

const model: ExportedModel = {
  chainId: 31_337,
  modelRegistry: '0x00000000000000000000000000000000000000C3',
  modelId: 7n,
  owner: OWNER,
  release: 2,
  weightsDigest: `0x${'a1'.repeat(32)}`,
  parents: [3n, 4n],
  card: {
    name: 'fable: "the" model',
    text: '# Fable\n\nTells stories.',
    task: 'text-generation',
    license: 'apache-2.0',
    library: 'onnx',
    languages: ['en'],
    tags: ['stories'],
    datasets: ['tiny stories'],
    baseModels: [],
  },
  measurements: [
    { measurement: measured('suite', ['core', 'next']), by: OWNER, as: 'claimed', anchoredAt: new Date(0), tx: TX },
    {
      measurement: measured('recitation', ['longest']),
      by: VERIFIER,
      as: 'checked',
      anchoredAt: new Date(86_400_500),
      tx: `0x${'e5'.repeat(32)}`,
    },
  ],
  exportedAt: new Date(1_800_000_000_123),
};
const bare: ExportedModel = {
  ...model,
  parents: [],
  card: { text: '', languages: [], tags: [], datasets: [], baseModels: [] },
  measurements: [],
};
const written = (format: ExportFormat, of = model): string => EXPORT_FORMATS[format].write(of);

/** What an RFC 6901 pointer means. */
const at = (document: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);

describe('the CycloneDX export', () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot7);

  it.each([
    ['a whole model', model],
    ['one of which nothing is said', bare],
    ['licences of its own words', { ...model, card: { ...model.card, license: 'ask me <first>' } }],
  ])('of %s is what the schema of 1.7 takes', async (_, of) => {
    expect(await validator.validate(written('cyclonedx', of))).toBeNull();
  });

  it('is refused by that schema where a field is none of its own', async () => {
    const odd = written('cyclonedx').replace('"performanceMetrics"', '"performance"');
    expect(await validator.validate(odd)).not.toBeNull();
  });

  it('says of every field whose word it is', () => {
    const bom = JSON.parse(written('cyclonedx')) as {
      citations: { pointers: string[]; attributedTo: string; note: string }[];
    };
    const rows = bom.citations.flatMap(({ pointers, ...rest }) => pointers.map((pointer) => ({ pointer, ...rest })));
    for (const { pointer } of rows) expect(at(bom, pointer), pointer).toBeDefined();
    const of = (value: unknown) =>
      rows.filter(({ pointer }) => JSON.stringify(at(bom, pointer)) === JSON.stringify(value));
    const metrics = at(bom, '/metadata/component/modelCard/quantitativeAnalysis/performanceMetrics') as object[];
    expect(metrics.map((metric) => of(metric).map(({ note }) => note.split(':')[0]))).toEqual([
      ['claimed'],
      ['claimed'],
      ['checked'],
    ]);
    expect(of(metrics[2])[0]).toMatchObject({ attributedTo: `eip155:31337:${VERIFIER}` });
    expect(of(model.card.name).map(({ note }) => note)).toEqual([
      'claimed: the owner of the model wrote it on its card',
    ]);
    expect(of('2').map(({ note }) => note)).toEqual(['recorded: it stands on chain']);
  });
});

describe('the SPDX export', () => {
  it.each([
    ['a whole model', model],
    ['one of which nothing is said', bare],
    ['licences of its own words', { ...model, card: { ...model.card, license: 'ask me first' } }],
  ])('of %s reads as the classes of 3.0.1 and its AI profile want', (_, of) => {
    expect(readSpdx(written('spdx', of)).length).toBeGreaterThan(5);
  });

  it('is refused where a field is none of its class, or nothing has the name that is meant', () => {
    const text = written('spdx');
    expect(() => readSpdx(text.replace('"ai_metric"', '"ai_metrics"'))).toThrow('ai_metrics');
    expect(() =>
      readSpdx(text.replace('#hasConcludedLicense', '#other').replace('hasConcludedLicense', 'other')),
    ).toThrow();
    expect(() => readSpdx(text.replaceAll('"spdxId": "urn:oml:export"', '"spdxId": "urn:oml:elsewhere"'))).toThrow(
      'urn:oml:export',
    );
  });

  it('lets each measurement be said by who measured it', () => {
    const elements = readSpdx(written('spdx'));
    const reviews = elements.filter((each) => each['annotationType'] === 'review');
    expect(reviews).toHaveLength(1);
    const creation = elements.find((each) => each['@id'] === reviews[0]!['creationInfo'])!;
    expect(creation).toMatchObject({ createdBy: [`eip155:31337:${VERIFIER}`], created: '1970-01-02T00:00:00Z' });
    expect(reviews[0]!['statement']).toContain('recitation 2 (longest): checked');
    const self = elements.find(({ type }) => type === 'ai_AIPackage')!;
    expect(self['ai_metric']).toContainEqual({
      type: 'DictionaryEntry',
      key: 'suite 2: core',
      value: `0.5 nats [0.25, 9], claimed by ${OWNER}`,
    });
  });
});

describe('the Hugging Face export', () => {
  it('is a card whose model-index says of every metric who stands for it', () => {
    const text = written('hugging-face');
    const [, front = '', body] = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(text)!;
    expect(body).toContain('Tells stories.');
    const card = parse(front) as Record<string, never>;
    expect(card).toMatchObject({ license: 'apache-2.0', language: ['en'], pipeline_tag: 'text-generation' });
    expect(card['model-index']).toMatchObject([
      {
        name: 'fable: "the" model',
        results: [
          {
            task: { type: 'text-generation' },
            dataset: { type: 'oml', name: 'suite "data": <odd>' },
            metrics: [
              { type: 'suite-2', name: 'core (nats), claimed', value: 0.5, args: { standing: 'claimed', by: OWNER } },
              { value: 1.5, args: { standing: 'claimed' } },
            ],
            source: { name: `claimed by ${OWNER}` },
          },
          { metrics: [{ args: { standing: 'checked', by: VERIFIER, low: 0.25, high: 9 } }] },
        ],
      },
    ]);
    // There it would mean that Hugging Face evaluated it.
    expect(text).not.toContain('verified: true');
    for (const key of ['license', 'language', 'tags', 'datasets'])
      expect(front).toMatch(new RegExp(`# claimed: .*\\n${key}:`));
  });
});
