import { OmlError } from '@oml/protocol/error';
import { binGrid, cellOf } from './calibration-errors.ts';
import { equalMass } from './bins.ts';
import type { ConfidenceRows } from './confidence-rows.ts';

/** Makes confidences honest: what was fitted, as JSON. */
export type PostProcessor =
  | { format: 'oml-calibration-1'; kind: 'temperature'; temperature: number }
  | {
      format: 'oml-calibration-1';
      kind: 'bin-mean-shift';
      confidenceEdges: number[];
      proximityEdges: number[];
      /** Bin of proximity by bin of confidence: what is added. */
      shifts: number[][];
    }
  | {
      format: 'oml-calibration-1';
      kind: 'density-ratio';
      /** Share of right answers. */
      prior: number;
      /** Widths of the kernels: of confidence, of proximity. */
      widths: [number, number];
      /** [confidence, proximity] of right and wrong answers. */
      right: [number, number][];
      wrong: [number, number][];
    };

const within = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * Bin-Mean-Shift of ProCal (arXiv 2306.04590, §5): in each bin of confidence and proximity, both of equal mass, p is
 * shifted by λ · (acc(B) − conf(B)). With 0 < λ ≤ 1 the Brier score of what it was fitted to never rises: a bin of n
 * rows that is off by d gains n λ (2 − λ) d².
 */
export function fitBinMeanShift(
  rows: ConfidenceRows,
  bins: number,
  proximityBins: number,
  lambda: number,
): PostProcessor {
  const [confidenceEdges, proximityEdges] = [
    equalMass(rows.confidence, bins),
    equalMass(rows.proximity, proximityBins),
  ];
  const grid = binGrid(rows, confidenceEdges, proximityEdges);
  const width = confidenceEdges.length + 1;
  const shifts = Array.from({ length: proximityEdges.length + 1 }, (_, h) =>
    Array.from({ length: width }, (_, b) => {
      const bin = grid.get(h * width + b);
      return bin ? lambda * (bin.accuracy - bin.confidence) : 0;
    }),
  );
  return { format: 'oml-calibration-1', kind: 'bin-mean-shift', confidenceEdges, proximityEdges, shifts };
}

/** Fewer wrong answers than this tell no density. */
const LEAST = 5;

/**
 * Density-Ratio Calibration of ProCal (arXiv 2306.04590, §5): P(right | p, D) = f₁ π / (f₁ π + f₀ (1 − π)), with
 * densities f of (confidence, proximity) of right and wrong answers by Gaussian kernels, as wide as Silverman's rule
 * says. Throws REQUEST_INVALID where right or wrong answers are too few.
 */
export function fitDensityRatio(rows: ConfidenceRows): PostProcessor {
  const points = [...rows.confidence].map((p, row): [number, number] => [p, rows.proximity[row]!]);
  const right = points.filter((_, row) => rows.correct[row] === 1);
  const wrong = points.filter((_, row) => rows.correct[row] === 0);
  if (right.length < LEAST || wrong.length < LEAST)
    throw new OmlError(
      'REQUEST_INVALID',
      `${right.length} right and ${wrong.length} wrong answers are too few to calibrate by; bring more or harder items.`,
    );
  const widths: [number, number] = [silverman(points, 0), silverman(points, 1)];
  const prior = right.length / points.length;
  return { format: 'oml-calibration-1', kind: 'density-ratio', prior, widths, right, wrong };
}

/** σ · n^(−1/6): Silverman's rule of thumb in two dimensions. */
function silverman(points: readonly [number, number][], axis: 0 | 1): number {
  const mean = points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const variance = points.reduce((sum, point) => sum + (point[axis] - mean) ** 2, 0) / points.length;
  return Math.max(1e-3, Math.sqrt(variance) * points.length ** (-1 / 6));
}

function density(points: readonly [number, number][], [wide, tall]: [number, number], at: [number, number]): number {
  let sum = 0;
  for (const point of points) {
    const [x, y] = [(at[0] - point[0]) / wide, (at[1] - point[1]) / tall];
    sum += Math.exp(-(x * x + y * y) / 2);
  }
  return sum / points.length;
}

/** A confidence as a post-processor corrects it. A temperature corrects scores, not confidences: it leaves them. */
export function corrected(processor: PostProcessor, confidence: number, proximity: number): number {
  switch (processor.kind) {
    case 'temperature':
      return confidence;
    case 'bin-mean-shift': {
      const { confidenceEdges, proximityEdges, shifts } = processor;
      const cell = cellOf(confidenceEdges, proximityEdges, confidence, proximity);
      const width = confidenceEdges.length + 1;
      return within(confidence + shifts[Math.floor(cell / width)]![cell % width]!);
    }
    case 'density-ratio': {
      const { prior, widths, right, wrong } = processor;
      const yes = prior * density(right, widths, [confidence, proximity]);
      const no = (1 - prior) * density(wrong, widths, [confidence, proximity]);
      return yes + no > 0 ? yes / (yes + no) : confidence;
    }
  }
}

/** Rows with corrected confidences. */
export const correctedRows = (processor: PostProcessor, rows: ConfidenceRows): ConfidenceRows => ({
  ...rows,
  confidence: rows.confidence.map((confidence, row) => corrected(processor, confidence, rows.proximity[row]!)),
});
