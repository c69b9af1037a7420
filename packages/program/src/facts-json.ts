/** JSON for what a run knows: a bigint stands as `{"$bigint": "123"}`, everything else as JSON has it. */
export function factsToJson(facts: unknown): string {
  return JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'bigint' ? { $bigint: value.toString() } : value,
  );
}

/** Reads what {@link factsToJson} wrote. */
export function factsFromJson(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => (isTagged(value) ? BigInt(value.$bigint) : value));
}

function isTagged(value: unknown): value is { $bigint: string } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  const { $bigint: digits } = value as { $bigint?: unknown };
  return typeof digits === 'string' && /^-?\d+$/.test(digits);
}
