import { describe, expect, it } from 'vitest';
import { controlFigures, reportFigures } from './report-figures.ts';

describe('reportFigures', () => {
  it('writes shares as percentages, in reading order', () => {
    const figures = reportFigures({
      success: 1,
      chance: 0.0312,
      harm: { agreement: 0.9987, loss: 0.0004, kl: 0.00012 },
    });
    expect(figures.map(({ name, value }) => [name, value])).toEqual([
      ['Keys that answer', '100 %'],
      ['Answers before marking', '3.12 %'],
      ['Same answers as before', '99.87 %'],
      ['Quality lost', '0.04 %'],
      ['Drift', '0.00012 nats'],
    ]);
  });

  it('leaves out what is no number, since anyone may publish', () =>
    expect(reportFigures({ success: 'all', harm: 7, verified: NaN })).toEqual([]));
  it('has nothing to say about no report', () => expect(reportFigures(undefined)).toEqual([]));
});

describe('controlFigures', () => {
  it('lists the control models with their chance', () =>
    expect(controlFigures({ chanceOnPanel: [{ name: 'clean-1', chance: 0.05 }, { name: 3 }] })).toEqual([
      { name: 'clean-1', chance: '5 %' },
    ]));
});
