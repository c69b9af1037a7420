import { EXPORT_FORMATS } from '@oml/measure/export/export-model';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { exportedOf } from './exported-of.ts';
import { MeasurementExports } from './measurement-exports.tsx';
import type { ShownMeasurement } from './shown-measurement.ts';
import type { ShownModel } from './shown-model.ts';

const OWNER = '0x00000000000000000000000000000000000000A1';
const model = {
  modelId: 7n,
  name: 'fable',
  card: 'Tells stories.',
  owner: OWNER,
  release: 1,
  weightsDigest: `0x${'a1'.repeat(32)}`,
  parents: [3n],
  facts: { license: 'mit', languages: ['en'], tags: [], baseModels: [], datasets: [] },
} as unknown as ShownModel;
const measured = (name: string, tx: string) =>
  ({
    measurement: {
      method: { name, version: 1 },
      data: { name: 'data', digest: `0x${'b2'.repeat(32)}` },
      figures: [{ name: 'core', value: 1, low: 0, high: 2 }],
      command: `npx oml measure ${name}`,
    },
    by: OWNER,
    as: 'claimed',
    anchoredAt: new Date(0),
    tx,
  }) as unknown as ShownMeasurement;

describe('exports of the Evidence tab', () => {
  it('offers every format as a download', () => {
    const html = renderToStaticMarkup(<MeasurementExports modelId={7n} />);
    for (const [format, { fileName, title }] of Object.entries(EXPORT_FORMATS)) {
      expect(html).toContain(`href="/models/7/export/${format}" download="${fileName}"`);
      expect(html).toContain(title);
    }
  });

  it('writes what the page shows, the oldest measurement first', () => {
    const place = { chainId: 31_337, modelRegistry: OWNER } as const;
    const shown = [measured('second', '0x2'), measured('first', '0x1')];
    const exported = exportedOf(place, model, shown, new Date(0));
    const card = EXPORT_FORMATS['hugging-face'].write(exported);
    expect(card.indexOf('first-1')).toBeLessThan(card.indexOf('second-1'));
    expect(card).toContain('license: mit');
    expect(card).toContain('Tells stories.');
    for (const { write } of Object.values(EXPORT_FORMATS)) expect(write(exported)).toContain('fable');
  });
});
