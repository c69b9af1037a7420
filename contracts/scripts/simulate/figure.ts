/** A line of the report. */
export interface Figure {
  readonly attack: string;
  readonly name: string;
  /** Infinite where nothing reaches it. */
  readonly value: number;
  readonly unit: string;
  readonly says: string;
}

/** To four digits. */
export function figure(attack: string, name: string, value: number, unit: string, says: string): Figure {
  return { attack, name, value: Number(value.toPrecision(4)), unit, says };
}
