/** Seconds of a block or a contract as a date; what no date can hold becomes the last one that can. */
export function toDate(seconds: bigint | number): Date {
  const LAST = 8_640_000_000_000n;
  return new Date(Number(seconds < LAST ? seconds : LAST) * 1000);
}

/** Text that PostgreSQL takes: no NUL and no half surrogate. Anyone may put either on chain or into a card. */
export function toText(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** A decoded value as JSON: integers become decimal strings, texts are made storable. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return toText(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [toText(name), toJson(item)]));
  return value ?? null;
}
