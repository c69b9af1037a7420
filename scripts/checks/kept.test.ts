import { sql } from 'kysely';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGatewayStore } from '../../apps/gateway/src/store.ts';
import { openPublisherStore } from '../../apps/publisher/src/store.ts';
import { openVerifierStore } from '../../apps/verifier/src/store.ts';
import { root } from '../stack/layout.ts';

const page = readFileSync(join(root, 'docs/guides/kept.md'), 'utf8');

interface Opened {
  db: Parameters<ReturnType<typeof sql>['execute']>[0];
  close(): Promise<void>;
}
/** How each agent makes its tables. */
const STORES: [heading: string, open: () => Promise<Opened>][] = [
  ["A host's gateway", () => openGatewayStore(':memory:')],
  ["An owner's publisher", () => openPublisherStore(':memory:')],
  ['A verifier', () => openVerifierStore({ STORE: ':memory:', DATA_DIR: '/' })],
];

/** Of the migrations themselves: it holds a number. */
const OURS = 'migration';

/** The tables that a chapter has a line for, each with every cell of that line filled in. */
function linesOf(heading: string): string[] {
  const chapter = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  return chapter
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, name = '', ...cells] = line.split('|').map((cell) => cell.trim());
      return cells.slice(0, -1).every((cell) => cell !== '') ? [name.replaceAll('`', '')] : [];
    });
}

async function tablesOf({ db, close }: Opened): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  await close();
  return rows.map(({ name }) => name).filter((name) => name !== OURS && !name.startsWith('sqlite_'));
}

describe('docs/guides/kept.md', () => {
  it.each(STORES)('has a line for every table, and none for others: %s', async (heading, open) => {
    const tables = await tablesOf(await open());
    expect(tables.length).toBeGreaterThan(3);
    expect(linesOf(heading).toSorted()).toEqual(tables.toSorted());
  });

  it('has a line for every table of the index that is not of the chain', () => {
    const schema = globSync('prisma/schema/*.prisma', { cwd: root })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const tables = [...schema.matchAll(/@@map\("(\w+)"\)\s*@@schema\("(\w+)"\)/g)].map(([, name, of]) => [of, name]);
    expect(tables).toHaveLength(schema.match(/^model /gm)!.length);
    const others = tables.filter(([of]) => of !== 'chain').map((one) => one.join('.'));
    expect(linesOf('A marketplace').toSorted()).toEqual(['chain.*', ...others].toSorted());
  });

  it('has a line for every key that the pages keep in a browser', () => {
    const pages = globSync('apps/web/src/**/*.{ts,tsx}', { cwd: root, exclude: ['**/*.test.*'] });
    const keys = pages
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .filter((text) => /localStorage|sessionStorage|indexedDB/.test(text))
      .flatMap((text) => [...text.matchAll(/'(oml\.[\w-]+)'/g)].map(([, key]) => key!));
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) expect(page).toContain(`\`${key}\``);
  });
});
