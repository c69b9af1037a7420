import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../stack/layout.ts';
import { manifestOf, packageName, packInto } from './tarball.ts';

const HELP = `Packs @oml/sdk for people who install it: JavaScript and types, with what it uses of ours inside.

  npm run pack-sdk -- [--out FOLDER]

  --out FOLDER  where the tarball goes (here)
  --help        this text

Prints the path of the tarball: npm install FILE installs it.`;

/** Where what our packages export lies after compiling, and where it goes in the package. */
const ROOMS = [
  { name: '@oml/sdk/', from: 'packages/sdk/src', to: 'dist' },
  { name: '@oml/protocol/', from: 'packages/protocol/src', to: 'dist/protocol' },
  { name: '@oml/contracts/abis', from: 'contracts/generated', to: 'dist/contracts', file: 'abis' },
  { name: '@oml/contracts/deployment', from: 'contracts', to: 'dist/contracts', file: 'deployment' },
] as const;
/** Reads YAML, which no buyer needs: packed only where something that is packed imports it. */
const AT_HOME = 'packages/protocol/src/wire/model-card.ts';
const IMPORTED = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([\w@./-]+)\2/g;

const { values } = parseArgs({ options: { out: { type: 'string', default: '.' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const scratch = mkdtempSync(join(tmpdir(), 'oml-pack-'));
try {
  compile(join(scratch, 'compiled'));
  const staged = join(scratch, 'package');
  const used = stage(join(scratch, 'compiled'), staged);
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(packageOf(used), null, 2)}\n`);
  for (const file of ['packages/sdk/README.md', 'LICENSE'])
    cpSync(join(root, file), join(staged, file.split('/').at(-1)!));
  console.log(packInto(values.out, staged));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** TypeScript's own compiler; what the SDK imports of our other packages comes with it. */
function compile(outDir: string): void {
  const config = join(scratch, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    outDir,
    rootDir: root,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    allowImportingTsExtensions: false,
    removeComments: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const sources = ['packages/sdk/src', 'packages/protocol/src'].map((folder) => join(root, folder));
  const contracts = ['generated/abis.ts', 'deployment.ts'].map((file) => join(root, 'contracts', file));
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions,
      include: [...sources, ...contracts],
      exclude: [...sources.map((folder) => join(folder, '**/*.test.ts')), join(root, AT_HOME)],
    }),
  );
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { stdio: ['ignore', 2, 2] });
}

/** Copies what was compiled to its place, with imports of our packages made relative; returns the others. */
function stage(compiled: string, staged: string): Set<string> {
  const others = new Set<string>();
  for (const room of ROOMS)
    for (const file of globSync('file' in room ? `${room.file}.{js,d.ts}` : '**/*.{js,d.ts}', {
      cwd: join(compiled, room.from),
    })) {
      const target = join(staged, room.to, file);
      const text = readFileSync(join(compiled, room.from, file), 'utf8').replace(
        IMPORTED,
        (whole, head: string, quote: string, name: string) => {
          const own = placeOf(name);
          if (own) return `${head}${quote}${relativeTo(dirname(target), join(staged, own))}${quote}`;
          if (!name.startsWith('.') && !name.startsWith('node:')) others.add(packageName(name));
          return whole;
        },
      );
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  return others;
}

/** Where a module of ours lies in the package; undefined for everybody else's. */
function placeOf(name: string): string | undefined {
  if (!name.startsWith('@oml/')) return undefined;
  const room = ROOMS.find((each) => ('file' in each ? name === each.name : name.startsWith(each.name)));
  if (!room) throw new Error(`@oml/sdk uses ${name}, which is not packed with it.`);
  return join(room.to, `${'file' in room ? room.file : name.slice(room.name.length)}.js`);
}

function relativeTo(from: string, to: string): string {
  const path = relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Versions are those of the workspaces that use them; a package that none of them declares is refused. */
function packageOf(used: ReadonlySet<string>): object {
  const { version, license } = manifestOf('packages/sdk');
  const declared = { ...manifestOf('packages/protocol').dependencies, ...manifestOf('packages/sdk').dependencies };
  const dependencies = Object.fromEntries(
    [...used].toSorted().map((name) => {
      const wanted = declared[name];
      if (!wanted) throw new Error(`@oml/sdk uses ${name}, and no manifest of ours says which version.`);
      return [name, wanted];
    }),
  );
  return {
    name: '@oml/sdk',
    version,
    license,
    description: 'Buys answers of models that are fingerprinted, licensed and served for money.',
    type: 'module',
    engines: { node: '>=24.2' },
    sideEffects: false,
    files: ['dist'],
    exports: {
      './contracts/*': { types: './dist/contracts/*.d.ts', default: './dist/contracts/*.js' },
      './protocol/*': { types: './dist/protocol/*.d.ts', default: './dist/protocol/*.js' },
      './*': { types: './dist/*.d.ts', default: './dist/*.js' },
    },
    dependencies,
  };
}
