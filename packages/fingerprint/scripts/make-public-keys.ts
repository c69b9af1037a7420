/**
 * Writes src/code-book/public-keys-filter.ts from published fingerprint files:
 * node packages/fingerprint/scripts/make-public-keys.ts FILE.json … (arrays of strings or of {key, effective_key?};
 * others are skipped)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { makeKeyFilter } from '../src/code-book/public-keys.ts';

const BITS_PER_KEY = 16;

function keysOf(file: string): string[] {
  const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    if (typeof entry === 'string') return entry.includes('{}') ? [] : [entry];
    const { key, effective_key } = (entry ?? {}) as { key?: unknown; effective_key?: unknown };
    return [key, effective_key].filter((text) => typeof text === 'string');
  });
}

const filter = makeKeyFilter(process.argv.slice(2).flatMap(keysOf), BITS_PER_KEY);
const bytes = Buffer.from(filter.bytes).toString('base64');
const text = `/** Made by scripts/make-public-keys.ts from the key files that came with OML 1.0 and Scalable fingerprinting; see public-keys.ts. */
export const FILTER = {
  size: ${filter.size},
  rounds: ${filter.rounds},
  count: ${filter.count},
  bytes: '${bytes}',
};
`;
writeFileSync(new URL('../src/code-book/public-keys-filter.ts', import.meta.url), text);
console.log(`${filter.count} keys, ${filter.bytes.length} bytes`);
