import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

/** Who may import whom (docs/decisions/0001-house.md). What is not listed is forbidden. */
const allowed: Record<string, readonly string[]> = {
  'packages/protocol': [],
  'packages/onnx': ['protocol'],
  // It runs in the gateway, so it never imports `fingerprint`.
  'packages/measure': ['onnx', 'protocol'],
  'packages/fingerprint': ['onnx', 'protocol'],
  'packages/sdk': ['protocol', 'contracts'],
  'packages/service': ['protocol', 'contracts', 'program'],
  'packages/program': ['protocol'],
  'packages/db': ['protocol', 'contracts'],
  'packages/ui': ['protocol'],
  'apps/cli': ['onnx', 'fingerprint', 'measure', 'protocol', 'contracts', 'service', 'program', 'sdk'],
  'apps/gateway': ['onnx', 'measure', 'protocol', 'contracts', 'service', 'program'],
  'apps/verifier': ['onnx', 'fingerprint', 'protocol', 'contracts', 'service', 'program', 'sdk'],
  'apps/publisher': ['onnx', 'fingerprint', 'protocol', 'contracts', 'service', 'program', 'sdk'],
  'apps/indexer': ['protocol', 'contracts', 'service', 'program', 'db'],
  'apps/web': ['ui', 'db', 'sdk', 'protocol', 'contracts', 'onnx', 'fingerprint', 'measure'],
};
/**
 * Rooms that are planned and not built yet: their rule stands before their first line does. `lab` attacks fingerprints,
 * so no agent but the publisher may reach it.
 */
const planned: Record<string, readonly string[]> = {
  'packages/lab': ['fingerprint', 'onnx', 'protocol'],
};
for (const [room, rooms] of Object.entries(planned)) if (existsSync(join(root, room))) allowed[room] = rooms;

/** What tests may import beside that: a gateway is tested with a real buyer. */
const allowedInTests: Record<string, readonly string[]> = {
  'apps/gateway': ['sdk'],
  'apps/web': ['program', 'service'],
  'packages/db': ['program'],
};

/** Rooms of the web that still show rows as they come. */
const ROWS_FOR_NOW = /^apps\/web\/src\/(?:stake|tracker|tx|vault|wallet)\//;

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map((match) => match[1]!);
}

const ISLANDS = 'apps/web/src/kit/wallet-islands.ts';

/** What a file loads at once; types and what it loads later, by `import()`, are left out. */
const importedBy = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm)].map(
    (match) => match[1]!,
  );

/** The files of the web that load with this one. */
function reachedBy(file: string, reached = new Set<string>()): Set<string> {
  if (file === ISLANDS || reached.has(file)) return reached;
  reached.add(file);
  for (const name of importedBy(file)) {
    const path = name.startsWith('#') ? `apps/web/src/${name.slice(1)}` : normalize(join(dirname(file), name));
    if (/^[#.]/.test(name) && existsSync(join(root, path))) reachedBy(path, reached);
  }
  return reached;
}

const isTest = (file: string) => /\.test\.tsx?$|\/test-support\/|\/test\//.test(file);

describe('imports', () => {
  for (const [room, rooms] of Object.entries(allowed)) {
    const files = globSync(`${room}/**/*.{ts,tsx,mjs}`, {
      cwd: root,
      exclude: (name) => /node_modules|\.next|generated|public/.test(name),
    });

    it(`${room} imports only ${rooms.join(', ') || 'nothing of ours'}`, () => {
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const may = isTest(file) ? [...rooms, ...(allowedInTests[room] ?? [])] : rooms;
        const ours = importsOf(file).flatMap((name) => /^@oml\/([a-z]+)/.exec(name)?.[1] ?? []);
        const own = room.split('/')[1]!;
        expect(
          ours.filter((name) => name !== own && !may.includes(name)),
          file,
        ).toEqual([]);
      }
    });

    it(`${room} never reaches into another room by path`, () => {
      const up = /^(?:\.\.\/)+(?:apps|packages|contracts)\//;
      for (const file of files)
        expect(
          importsOf(file).filter((name) => up.test(name)),
          file,
        ).toEqual([]);
    });
  }

  it('every room has its rule', () => {
    const rooms = ['apps', 'packages'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    );
    expect(rooms.filter((room) => existsSync(join(root, room, 'package.json'))).toSorted()).toEqual(
      Object.keys(allowed).toSorted(),
    );
  });

  it('only db imports Prisma', () => {
    const others = globSync('{apps,packages}/*/src/**/*.{ts,tsx}', { cwd: root }).filter(
      (file) => !file.startsWith('packages/db/'),
    );
    for (const file of others)
      expect(
        importsOf(file).filter((name) => /prisma/.test(name)),
        file,
      ).toEqual([]);
  });

  it('only the server of the web reads rows, and components know no types of viem', () => {
    const sources = globSync('apps/web/src/**/*.{ts,tsx}', { cwd: root }).filter((file) => !isTest(file));
    const pages = sources.filter((file) => !file.startsWith('apps/web/src/server/') && !ROWS_FOR_NOW.test(file));
    expect(pages.length).toBeGreaterThan(100);
    for (const file of pages) {
      expect(
        importsOf(file).filter((name) => name.startsWith('@oml/db')),
        file,
      ).toEqual([]);
      const types = /import (?:type )?\{[^}]*\b(?:Address|Hex)\b[^}]*\} from 'viem'/;
      if (file.endsWith('.tsx')) expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(types);
    }
  });

  // Elsewhere the wallet's hooks have no provider, and the server fails to draw the page (0059).
  it('no page of the web reaches the wallet but through an island', () => {
    const pages = globSync('apps/web/src/app/**/*.tsx', { cwd: root });
    expect(pages.length).toBeGreaterThan(20);
    for (const page of pages)
      expect(
        [...reachedBy(page)].flatMap((file) => importedBy(file).filter((name) => /^(?:wagmi|@wagmi)\b/.test(name))),
        page,
      ).toEqual([]);
  });

  it.each(['fingerprint', 'measure'])('%s touches neither network, disk nor clock', (room) => {
    const sources = globSync(`packages/${room}/src/**/*.ts`, { cwd: root }).filter((file) => !isTest(file));
    expect(sources.length).toBeGreaterThan(10);
    for (const file of sources) {
      expect(
        importsOf(file).filter((name) => name.startsWith('node:')),
        file,
      ).toEqual([]);
      expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/\bfetch\(|Date\.now|Math\.random|new Date\(/);
    }
  });

  it('the gateway depends on no package that could bring fingerprints in', () => {
    const manifest = (room: string) =>
      JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    const reached = new Set<string>();
    const walk = (room: string) => {
      for (const name of Object.keys(manifest(room).dependencies)) {
        const own = /^@oml\/([a-z]+)$/.exec(name)?.[1];
        if (!own || reached.has(own)) continue;
        reached.add(own);
        walk(own === 'contracts' ? 'contracts' : `packages/${own}`);
      }
    };
    walk('apps/gateway');
    for (const room of ['fingerprint', 'lab', 'db']) expect([...reached]).not.toContain(room);
  });
});
