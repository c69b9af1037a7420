import type { Specimen } from '../specimen.ts';
import { accuracyUnder, compare, logSums, type Contrast } from './contrast.ts';
import type { Served } from './served.ts';

/** A copy that is served, pushed back or as it is. */
export interface Base {
  label: string;
  served: Served;
  /** {@link logSums} of its text. */
  sums: Float64Array;
}

/** Tells what a host gives up against the edition that it holds: relative perplexity, or accuracy lost. */
export interface Judge {
  edition: Base;
  base(label: string, served: Served): Base;
  costOf(served: Served): number;
  costUnder(base: Base, proxy: Served): (contrast: Contrast) => number;
}

const NONE: Contrast = { push: 0, slack: 0 };

export function openJudge({ clean }: Specimen, served: Served, truth: readonly number[]): Judge {
  const base = (label: string, copy: Served): Base => ({
    label,
    served: copy,
    sums: logSums(copy.text, truth.length),
  });
  const edition = base('the edition', served);
  if (clean.inspection.kind === 'classifier') {
    const before = accuracyUnder(served, served, truth, NONE);
    return {
      edition,
      base,
      costOf: (copy) => before - accuracyUnder(copy, copy, truth, NONE),
      costUnder:
        ({ served: a }, proxy) =>
        (contrast) =>
          before - accuracyUnder(a, proxy, truth, contrast),
    };
  }
  const log = compare(served, served, truth, edition.sums).log;
  const loss = (other: number) => Math.exp(log - other) - 1;
  return {
    edition,
    base,
    costOf: (copy) => loss(compare(copy, copy, truth).log),
    costUnder({ served: a, sums }, proxy) {
      let compared: ReturnType<typeof compare> | undefined;
      return (contrast) => loss((compared ??= compare(a, proxy, truth, sums)).logUnder(contrast));
    },
  };
}
