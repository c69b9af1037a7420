import { measurementSchema } from '@oml/protocol/wire/measurement';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { MeasurementTable } from './measurement-table.tsx';
import { figureWords, type ShownMeasurement } from './shown-measurement.ts';

const BY = '0x00000000000000000000000000000000000000A1';
const measurement = measurementSchema.parse({
  format: 'oml-measurement-1',
  method: { name: 'calibration', version: 1 },
  release: `0x${'a1'.repeat(32)}`,
  target: 'file',
  data: { name: 'worse <b>camera</b>', digest: `0x${'b2'.repeat(32)}` },
  settings: {},
  figures: ['accuracy', 'ece', 'ace', 'mce', 'piece'].map((name, i) => ({
    name,
    value: 0.1234 + i,
    low: i,
    high: 1 + i,
  })),
  plots: [
    {
      title: 'Reliability',
      x: 'confidence',
      y: 'accuracy',
      series: [
        {
          name: 'all',
          points: [
            [0, 0],
            [1, 0.9],
          ],
        },
      ],
    },
  ],
  notes: ['An indicator.'],
  command: 'npx oml measure calibration models/digits --data worse',
  measuredAt: 1,
});
const shown: ShownMeasurement = {
  digest: `0x${'c3'.repeat(32)}`,
  measurement,
  by: BY,
  as: 'checked',
  anchoredAt: new Date(0),
  tx: `0x${'d4'.repeat(32)}`,
};

describe('measurements on the page', () => {
  const html = renderToStaticMarkup(<MeasurementTable measurements={[shown]} />);

  it('say method, figures with intervals, standing, who, and the command', () => {
    expect(html).toContain('calibration 1');
    expect(html).toContain('accuracy: 0.123');
    expect(html).toContain('(0 to 1)');
    expect(html).toContain('1 more');
    expect(html).toContain('Checked');
    expect(html).toContain(`href="/@${BY}"`);
    expect(html).toContain(`href="/tx/${shown.tx}"`);
    expect(html).toContain(measurement.command);
    expect(html).toContain('An indicator.');
  });

  it('draw their plot, and take nothing that a stranger wrote for markup', () => {
    expect(html).toContain('aria-label="Reliability: accuracy by confidence"');
    expect(html).not.toContain('<b>camera');
  });

  it('are asked for where there is none', () => {
    expect(renderToStaticMarkup(<MeasurementTable measurements={[]} />)).toContain('Nothing measured yet');
  });

  it('have no interval where a figure is exact', () => {
    expect(figureWords({ name: 'k', value: 12, low: 12, high: 12, unit: 'nats' })).toEqual({ value: '12 nats' });
  });
});
