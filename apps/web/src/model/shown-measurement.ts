import type { MeasuredAs, MeasuredFigure, Measurement } from '@oml/protocol/wire/measurement';
import type { Address, Hex } from '#kit/hex.ts';

/** What somebody measured of a model and stands for. */
export interface ShownMeasurement {
  digest: Hex;
  measurement: Measurement;
  by: Address;
  as: MeasuredAs;
  anchoredAt: Date;
  tx: Hex;
}

const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : Number(value.toPrecision(3)).toString();

/** A figure's value with its unit, and the interval where it has one. */
export function figureWords({ value, low, high, unit }: MeasuredFigure): { value: string; interval?: string } {
  const words = `${short(value)}${unit ? ` ${unit}` : ''}`;
  return low === high ? { value: words } : { value: words, interval: `${short(low)} to ${short(high)}` };
}
