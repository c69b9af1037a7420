import { binOf, equalMass, equalWidth, type Edges } from './bins.ts';
import type { ConfidenceRows } from './confidence-rows.ts';

/** Means of the rows of one bin. */
export interface Bin {
  count: number;
  confidence: number;
  accuracy: number;
}

/** Rows by the bin that `binAt` puts them in; empty bins are left out. */
export function binMeans(rows: ConfidenceRows, binAt: (row: number) => number): Map<number, Bin> {
  const bins = new Map<number, Bin>();
  for (let row = 0; row < rows.confidence.length; row++) {
    const bin = binAt(row);
    const sums = bins.get(bin) ?? { count: 0, confidence: 0, accuracy: 0 };
    sums.count += 1;
    sums.confidence += rows.confidence[row]!;
    sums.accuracy += rows.correct[row]!;
    bins.set(bin, sums);
  }
  for (const sums of bins.values()) {
    sums.confidence /= sums.count;
    sums.accuracy /= sums.count;
  }
  return bins;
}

const gap = ({ confidence, accuracy }: Bin): number => Math.abs(accuracy - confidence);
const weighted = (bins: Iterable<Bin>, count: number): number =>
  [...bins].reduce((sum, bin) => sum + (bin.count / count) * gap(bin), 0);

/**
 * Expected calibration error: Σ_b |B_b| / N · |acc(B_b) − conf(B_b)| over bins of equal width (Naeini; Guo et al. 2017,
 * eq. 3).
 */
export function ece(rows: ConfidenceRows, bins: number): number {
  const edges = equalWidth(bins);
  return weighted(binMeans(rows, (row) => binOf(edges, rows.confidence[row]!)).values(), rows.confidence.length);
}

/**
 * The same over bins that hold equally many rows (adaptive calibration error, Nguyen and O'Connor; Nixon et al. 2019).
 */
export function ace(rows: ConfidenceRows, bins: number): number {
  const edges = equalMass(rows.confidence, bins);
  return weighted(binMeans(rows, (row) => binOf(edges, rows.confidence[row]!)).values(), rows.confidence.length);
}

/** Of the bins of {@link ece} the worst: max_b |acc(B_b) − conf(B_b)| (Guo et al. 2017, eq. 5). */
export function mce(rows: ConfidenceRows, bins: number): number {
  const edges = equalWidth(bins);
  return Math.max(0, ...[...binMeans(rows, (row) => binOf(edges, rows.confidence[row]!)).values()].map(gap));
}

/**
 * Proximity-informed expected calibration error (Xiong et al., arXiv 2306.04590, §4): Σ_b Σ_h |B_bh| / N · |acc(B_bh) −
 * conf(B_bh)|, where rows are in bins of confidence (equal width, b) and of proximity (equal mass, h) at once. Errors
 * that cancel between near and far items in {@link ece} show here: it is never less.
 */
export function piece(rows: ConfidenceRows, bins: number, proximityBins: number): number {
  return weighted(
    binGrid(rows, equalWidth(bins), equalMass(rows.proximity, proximityBins)).values(),
    rows.confidence.length,
  );
}

/** Means by confidence and proximity; the key is {@link cellOf}. */
export function binGrid(rows: ConfidenceRows, confidence: Edges, proximity: Edges): Map<number, Bin> {
  return binMeans(rows, (row) => cellOf(confidence, proximity, rows.confidence[row]!, rows.proximity[row]!));
}

/** One number for a bin of confidence and a bin of proximity. */
export const cellOf = (confidence: Edges, proximity: Edges, sure: number, near: number): number =>
  binOf(proximity, near) * (confidence.length + 1) + binOf(confidence, sure);
