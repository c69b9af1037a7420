import type { MeasuredFigure, Measurement } from '@oml/protocol/wire/measurement';

/** Two machines add floats in different orders: this much of a value, or of one, is none of its difference. */
const NOISE = 1e-6;

/** How a figure stands to the one that was said before. */
export interface Compared {
  name: string;
  said: number;
  /** Undefined: it was not found again. */
  found: number | undefined;
  verdict: 'equal' | 'within' | 'outside';
}

export interface Comparison {
  /** Of all figures the worst. */
  verdict: Compared['verdict'];
  figures: Compared[];
}

const WORSE = ['equal', 'within', 'outside'] as const;

/** Compares what was measured again with what is said: figure by figure, by name. */
export function compareMeasurements(
  said: Pick<Measurement, 'figures'>,
  again: Pick<Measurement, 'figures'>,
): Comparison {
  const found = new Map(again.figures.map(({ name, value }) => [name, value]));
  const figures = said.figures.map((figure) => compared(figure, found.get(figure.name)));
  const extra = again.figures.filter(({ name }) => !said.figures.some((figure) => figure.name === name));
  const worst = Math.max(...figures.map(({ verdict }) => WORSE.indexOf(verdict)), extra.length > 0 ? 2 : 0);
  return { verdict: WORSE[worst]!, figures };
}

function compared({ name, value, low, high }: MeasuredFigure, found: number | undefined): Compared {
  const row = { name, said: value, found };
  if (found === undefined) return { ...row, verdict: 'outside' };
  const noise = NOISE * Math.max(1, Math.abs(value));
  if (Math.abs(found - value) <= noise) return { ...row, verdict: 'equal' };
  return { ...row, verdict: found >= low - noise && found <= high + noise ? 'within' : 'outside' };
}
