import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportAgents } from '../bench/agents-report.ts';
import { root } from '../stack/layout.ts';

const HELP = `Installs @oml/sdk from its tarball into an empty folder, and says how much lies in node_modules then.

  npm run sdk-size -- [--write]

  --write  record it in docs/benchmarks/agents.json
  --help   this text

Needs the registry that npm is set to.`;

const KIB = 1_024;

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false }, help: { type: 'boolean' } } });
if (values.help) console.log(HELP);
else reportAgents([rowOf(measure())], values.write);

interface Size {
  kib: number;
  packages: number;
}

function measure(): Size {
  const folder = mkdtempSync(join(tmpdir(), 'oml-size-'));
  try {
    const pack = [join(root, 'scripts/pack/pack-sdk.ts'), '--out', folder];
    const tarball = execFileSync(process.execPath, pack, { encoding: 'utf8' }).trim();
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const options = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] } as const;
    execFileSync('npm', ['install', tarball, '--no-audit', '--no-fund', '--omit=dev'], options);
    const bytes = bytesIn(join(folder, 'node_modules'));
    const listed = execFileSync('npm', ['ls', '--all', '--parseable'], { cwd: folder, encoding: 'utf8' });
    return { kib: Math.round(bytes / KIB), packages: listed.trim().split('\n').length - 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the files say of themselves: no file system rounds it. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0);
}

function rowOf({ kib, packages }: Size) {
  return {
    metric: 'sdk.installedKb',
    value: kib,
    unit: 'KiB in node_modules',
    target: 'shown',
    anchor: `@oml/sdk from its tarball in an empty folder, with everything that it needs: ${packages} packages`,
    command: 'npm run sdk-size -- --write',
  };
}
