import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

/**
 * Who may send requests by other means than `@oml/service/guarded-fetch`, and why no stranger names where they go. What
 * another party names (endpoints, cards, editions, evidence) goes through that one.
 */
const ALLOWED: Record<string, string> = {
  'packages/service/src/guarded-fetch.ts': 'is the one',
  'packages/service/src/nodes/fitting-fetch.ts': 'the operator’s own nodes',
  'packages/service/src/drand.ts': 'relays that the operator names, no redirects, 4 kB',
  'apps/gateway/src/engine/backend-http.ts': 'the host’s own engines',
  'apps/gateway/src/channel/hand-over.ts': 'the watchtower that the operator names',
  'apps/gateway/src/health/alerts.ts': 'the operator’s own webhook',
  'apps/gateway/src/health/chain-checks.ts': 'the operator’s own node',
  'apps/cli/src/commands/receipt.ts': 'an index that the person names, no redirects',
  'apps/publisher/src/demo.ts': 'the owner’s own publisher',
  'apps/publisher/src/owner/follow.ts': 'the owner’s own publisher',
};
/** The whole file for a browser, where no lookup can be seen: its addresses pass `urlFault` or are the page’s own. */
const BROWSER = ['apps/web/src/', 'packages/ui/src/'];
/** Takes the fetch that it is given; programs on Node give it the guarded one. */
const GIVEN = ['packages/sdk/src/'];

const RAW =
  /(?<![.\w])fetch\(|\bfrom '(?:node:)?(?:https?|undici|axios|node-fetch|got)'|import\('(?:node:)?https?'\)|\bglobalThis\.fetch\b|\bnew (?:WebSocket|EventSource)\(/;
/** Servers listen with it, and types name it. */
const NO_CLIENT = /import (?:type )?\{[^}]*\} from 'node:https?';/g;
const CLIENT = /\b(?:request|get|Agent)\b/;

const files = globSync('{apps,packages}/*/src/**/*.{ts,tsx}', { cwd: root })
  .filter((file) => !/\.test\.tsx?$|\/generated\//.test(file))
  .toSorted();

/** Does this source send requests of its own? */
export function sendsRaw(source: string): boolean {
  const code = source
    .replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
    .replace(NO_CLIENT, (line) => (CLIENT.test(line) ? line : ''));
  return RAW.test(code);
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const isAmong = (file: string, folders: readonly string[]): boolean =>
  folders.some((folder) => file.startsWith(folder));

describe('requests to addresses', () => {
  it('are sent by the guarded fetch, or by whom this list says', () => {
    const raw = files.filter((file) => !isAmong(file, [...BROWSER, ...GIVEN]) && sendsRaw(read(file)));
    expect(raw.filter((file) => !(file in ALLOWED))).toEqual([]);
    expect(Object.keys(ALLOWED).filter((file) => !raw.includes(file))).toEqual([]);
  });

  it('are seen where they are sent', () => {
    for (const source of [
      'const a = await fetch(url);',
      "import { request } from 'node:https';",
      "import { Agent } from 'undici';",
      'globalThis.fetch(url)',
      'new EventSource(url)',
    ])
      expect(sendsRaw(source), source).toBe(true);
    for (const source of [
      'buyer.fetch(url)',
      'refetch()',
      '// fetch(url)',
      "import { createServer } from 'node:http';",
      "import { guardedFetch } from '@oml/service/guarded-fetch';",
    ])
      expect(sendsRaw(source), source).toBe(false);
  });

  it('of pages go to strangers only behind urlFault', () => {
    const strangers = files.filter(
      (file) => isAmong(file, BROWSER) && /HOST_LISTING_PATH|license\.endpoint/.test(read(file)),
    );
    for (const file of strangers.filter((each) => sendsRaw(read(each)))) expect(read(file), file).toMatch('urlFault(');
    expect(strangers).toContain('apps/web/src/host/host-listing.ts');
  });

  it('of a buyer on Node are guarded', () => {
    const buyers = files.filter((file) => !isAmong(file, [...BROWSER, ...GIVEN]) && /createBuyer\(/.test(read(file)));
    expect(buyers).toContain('apps/verifier/src/programs/paid-calls.ts');
    for (const file of buyers) expect(read(file), file).toMatch(/guardedFetch\(/);
  });
});
