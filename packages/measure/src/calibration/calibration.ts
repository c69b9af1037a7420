import type { MeasuredFigure, MeasuredPlot } from '@oml/protocol/wire/measurement';
import { OmlError } from '@oml/protocol/error';
import { bootstrap, exactFigure, shareFigure } from '../interval.ts';
import { numberOf, wholeOf } from '../measure.ts';
import type { Method } from '../method.ts';
import { binOf, equalMass, equalWidth } from './bins.ts';
import { ace, binMeans, ece, mce, piece } from './calibration-errors.ts';
import { confidenceOf, rowsAt, type ConfidenceRows } from './confidence-rows.ts';
import { packedScale } from './correction.ts';
import { fitTemperature } from './fit-temperature.ts';
import { labelledItems } from './labelled-items.ts';
import { correctedRows, fitBinMeanShift, fitDensityRatio } from './post-processor.ts';
import { proximities, proximityScale } from './proximity.ts';

const DRAWS = 200;
const LEAST = 50;

/**
 * How far a classifier's confidence is from the truth, also where near and far items err in opposite ways (Proximity-
 * Informed Calibration, arXiv 2306.04590). Post-processors are fitted to `heldout` and judged on `test`.
 */
export const calibration: Method<'classifier'> = {
  name: 'calibration',
  version: 1,
  about: 'how honest a classifier is about what it knows: ECE, ACE, MCE, PIECE, before and after it is corrected',
  reads: 'classifier',
  wants:
    'Bring a folder with heldout.u8 and heldout.labels.u8 (to fit), test.u8 and test.labels.u8 (to judge): inputs as ' +
    'bytes, a byte of class each; scale.json {"mean", "std"} where the model wants more than bytes / 255.',
  settings: { bins: 10, 'proximity-bins': 5, neighbours: 10, lambda: 0.5, seed: 1 },
  async measure({ target, data, settings, onProgress }) {
    const [fit, test] = ['heldout', 'test'].map((name) => labelledItems(data, name, target.itemSize, target.classes));
    if (fit!.labels.length < LEAST || test!.labels.length < LEAST)
      throw new OmlError('REQUEST_INVALID', `${LEAST} items are the least, both to fit and to judge.`);
    const seenFit = await target.see(fit!.values, (share) => onProgress?.('running heldout', share));
    const seenTest = await target.see(test!.values, (share) => onProgress?.('running test', share));
    onProgress?.('looking for neighbours', 0);
    const size = target.featureSize;
    const scale = proximityScale({ data: seenFit.features, size }, wholeOf(settings, 'neighbours'));
    const near = {
      fit: proximities(scale, { data: seenFit.features, size }, { isReference: true }),
      test: proximities(scale, { data: seenTest.features, size }),
    };
    const temperature = fitTemperature(seenFit.logits, fit!.labels, target.classes);
    const rows = (at: number, which: 'fit' | 'test'): ConfidenceRows => {
      const [seen, items] = which === 'fit' ? [seenFit, fit!] : [seenTest, test!];
      return { ...confidenceOf(seen.logits, items.labels, target.classes, at), proximity: near[which] };
    };
    const [bins, proximityBins] = [wholeOf(settings, 'bins', 2), wholeOf(settings, 'proximity-bins', 1)];
    const plain = { fit: rows(1, 'fit'), test: rows(1, 'test') };
    const shift = fitBinMeanShift(plain.fit, bins, proximityBins, numberOf(settings, 'lambda'));
    const ratio = fitDensityRatio(plain.fit);
    const versions: [string, ConfidenceRows][] = [
      ['', plain.test],
      [' after temperature', rows(temperature, 'test')],
      [' after bin-mean-shift', correctedRows(shift, plain.test)],
      [' after density-ratio', correctedRows(ratio, plain.test)],
    ];
    const resampling = { draws: DRAWS, seed: numberOf(settings, 'seed') };
    const figures = versions.flatMap(([after, of]) => errorFigures(of, after, { bins, proximityBins, resampling }));
    const right = plain.test.correct.reduce((sum, each) => sum + each, 0);
    return {
      figures: [
        shareFigure('accuracy', right, plain.test.correct.length),
        ...figures,
        exactFigure('temperature', Number(temperature.toFixed(4))),
      ],
      plots: [reliabilityPlot(plain.test, bins), proximityPlot(plain.test, proximityBins * 2)],
      product: {
        format: 'oml-calibration-set-1',
        temperature: { format: 'oml-calibration-1', kind: 'temperature', temperature },
        binMeanShift: shift,
        densityRatio: ratio,
        proximity: packedScale(scale),
      },
    };
  },
};

interface Binning {
  bins: number;
  proximityBins: number;
  resampling: { draws: number; seed: number };
}

function errorFigures(
  rows: ConfidenceRows,
  after: string,
  { bins, proximityBins, resampling }: Binning,
): MeasuredFigure[] {
  const figure = (name: string, of: (rows: ConfidenceRows) => number) =>
    bootstrap(name + after, rows.confidence.length, (indices) => of(rowsAt(rows, indices)), resampling);
  return [
    figure('ece', (of) => ece(of, bins)),
    figure('ace', (of) => ace(of, bins)),
    figure('mce', (of) => mce(of, bins)),
    figure('piece', (of) => piece(of, bins, proximityBins)),
  ];
}

/** Accuracy by confidence: of all, and of the nearer and the farther half alone. */
function reliabilityPlot(rows: ConfidenceRows, bins: number): MeasuredPlot {
  const edges = equalWidth(bins);
  const [middle = 0] = equalMass(rows.proximity, 2);
  const line = (name: string, isIn: (row: number) => boolean) => {
    const kept = Int32Array.from([...rows.confidence.keys()].filter(isIn));
    const own = rowsAt(rows, kept);
    const means = [...binMeans(own, (row) => binOf(edges, own.confidence[row]!)).values()];
    return {
      name,
      points: means.map(({ confidence, accuracy }): [number, number] => [confidence, accuracy]).toSorted(byFirst),
    };
  };
  return {
    title: 'Reliability',
    x: 'confidence',
    y: 'accuracy',
    series: [
      line('all', () => true),
      line('near', (row) => rows.proximity[row]! >= middle),
      line('far', (row) => rows.proximity[row]! < middle),
      {
        name: 'honest',
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  };
}

/** Confidence and accuracy by proximity. */
function proximityPlot(rows: ConfidenceRows, bins: number): MeasuredPlot {
  const edges = equalMass(rows.proximity, bins);
  const means = [...binMeans(rows, (row) => binOf(edges, rows.proximity[row]!))].toSorted(([a], [b]) => a - b);
  const points = (of: 'confidence' | 'accuracy') =>
    means.map(([bin, mean]): [number, number] => [(bin + 0.5) / (edges.length + 1), mean[of]]);
  return {
    title: 'Proximity',
    x: 'quantile of proximity, from far to near',
    y: 'share',
    series: [
      { name: 'confidence', points: points('confidence') },
      { name: 'accuracy', points: points('accuracy') },
    ],
  };
}

const byFirst = ([a]: [number, number], [b]: [number, number]): number => a - b;
