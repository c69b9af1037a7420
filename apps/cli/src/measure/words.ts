import type { Comparison } from '@oml/measure/compare';
import type { MeasuredFigure, Measurement } from '@oml/protocol/wire/measurement';

const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : Number(value.toPrecision(4)).toString();

/** A value, and between what who measures again finds it. */
export function figureText({
  value,
  low,
  high,
  unit,
}: Pick<MeasuredFigure, 'value' | 'low' | 'high' | 'unit'>): string {
  const interval = low === high ? '' : ` [${short(low)}, ${short(high)}]`;
  return `${short(value)}${interval}${unit ? ` ${unit}` : ''}`;
}

/** A measurement, as people read it. */
export function tellMeasurement({ method, release, data, figures, notes }: Measurement): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return [
    `${method.name} ${method.version} of ${release}`,
    `with ${data.name} (${data.digest})`,
    ...figures.map((figure) => `  ${figure.name.padEnd(width)}  ${figureText(figure)}`),
    ...notes,
  ].join('\n');
}

const VERDICT = {
  equal: 'equal: measured again, every figure is the same',
  within: 'within: measured again, every figure lies within its uncertainty',
  outside: 'not equal: measured again, a figure lies outside of its uncertainty',
} as const;

/** What measuring again told. */
export function tellComparison({ verdict, figures }: Comparison): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const rows = figures.map(
    ({ name, said, found, verdict: own }) =>
      `  ${name.padEnd(width)}  said ${short(said)}, found ${found === undefined ? 'nothing' : short(found)}: ${own}`,
  );
  return [VERDICT[verdict], ...rows].join('\n');
}
