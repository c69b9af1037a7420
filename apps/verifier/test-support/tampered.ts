/** One member of a JSON document, and the document with another value there. */
export interface Tampered {
  path: string;
  document: unknown;
}

/** A document as often as it has members that are no objects, each time with one of them changed. */
export function* tamperedOnce(document: unknown): Generator<Tampered> {
  for (const path of leavesOf(document)) {
    const copy: unknown = structuredClone(document);
    const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], copy);
    const last = path.at(-1)!;
    const at = parent as Record<string, unknown>;
    at[last] = changed(at[last]);
    yield { path: path.join('.'), document: copy };
  }
}

function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]));
}

/** Of the same form: four times as large, or with another last digit. */
function changed(value: unknown): unknown {
  if (typeof value === 'number') return value * 4 + 1;
  const text = String(value);
  if (/^\d+$/.test(text)) return String(BigInt(text) * 4n + 1n);
  if (!text.startsWith('0x')) return `${text}x`;
  return `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
}
