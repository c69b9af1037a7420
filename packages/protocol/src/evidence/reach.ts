import { firstPassage } from './passage.ts';

/** Score that a claim needs before code books and batches are counted (protocol §5, offence 2). */
const THRESHOLD_BASE = 40;
/** Items of one batch at most; none repeats a key. */
const MOST_ITEMS = 256;
/** What is planned for: this code book and this batch are among the first 2^10 that anyone ever committed. */
const [PLANNED_BOOKS, PLANNED_BATCHES] = [2 ** 10, 2 ** 10];
/** How surely a host is caught at the share that is told. */
const POWER = 0.9;
/** Shares are told in whole per cent, rounded up. */
const STEPS = 100;

/** What a code book can catch of disguised use, by one batch that names no license or one. */
export interface BookReach {
  /** Score that a claim is planned to need. */
  threshold: number;
  /** Keys that a batch can ask at most. */
  probes: number;
  /** Score where every one of them hits. */
  highest: number;
  /** Whether any host can be caught at all. */
  reaches: boolean;
  /** Smallest α·s that is caught with chance 0.9 within `probes`, and the probes that this takes on average. */
  least?: { hitChance: number; meanProbes: number };
}

/** Score that a claim needs where the code book is the g-th and the batch the c-th of all that anyone committed. */
export const scoreNeeded = (codeBooks: number, batches: number): number =>
  THRESHOLD_BASE + Math.ceil(Math.log2(codeBooks)) + Math.ceil(Math.log2(batches));

/** What a code book of so many common keys with 2^bits candidates each can catch. */
export function bookReach({ commonSize, bits }: { commonSize: number; bits: number }): BookReach {
  const threshold = scoreNeeded(PLANNED_BOOKS, PLANNED_BATCHES);
  const probes = Math.min(commonSize, MOST_ITEMS);
  const highest = probes * (bits - 1);
  const reach = { threshold, probes, highest, reaches: highest >= threshold };
  if (!reach.reaches) return reach;
  const passage = (step: number) => firstPassage({ hitChance: step / STEPS, bits, threshold, items: probes });
  let [low, high] = [0, STEPS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passage(middle).chance >= POWER) high = middle;
    else low = middle;
  }
  return { ...reach, least: { hitChance: high / STEPS, meanProbes: passage(high).meanItems } };
}

/** In words, for whoever sizes or reads a code book. What begins with "Cannot catch" is a warning. */
export function reachInWords({ threshold, probes, highest, least }: BookReach): string {
  if (!least)
    return `Cannot catch disguised use: ${probes} common keys score ${highest} at most, a claim needs ${threshold}.`;
  const { hitChance, meanProbes } = least;
  return (
    `Catches disguised use from α·s = ${hitChance.toFixed(2)} on: 9 of 10 such hosts within ${probes} probes, ` +
    `after ${Math.ceil(meanProbes)} on average, at ${threshold} points.`
  );
}
