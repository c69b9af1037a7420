// npm on Node < 22 silently skips optional dependencies whose engines ask for a newer Node: Hardhat's native addon
// among them,
// although every npm script runs under the Node 24 that this repository installs. Fetches the addon of this platform if
// it is absent.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const edr = require.resolve
  .paths('@nomicfoundation/edr')
  .map((folder) => join(folder, '@nomicfoundation/edr'))
  .find((folder) => existsSync(join(folder, 'package.json')));
if (!edr) throw new Error('Hardhat is not installed: run npm ci first.');
const { version } = JSON.parse(readFileSync(join(edr, 'package.json'), 'utf8'));
const isMusl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
const suffix = { linux: isMusl ? '-musl' : '-gnu', win32: '-msvc' }[process.platform] ?? '';
const name = `edr-${process.platform}-${process.arch}${suffix}`;
const target = join(edr, '..', name);

if (!existsSync(join(target, 'package.json'))) install();

/**
 * Packs the addon from the registry that npm is configured with and moves it into place in one step, so that two runs
 * do not clash.
 */
function install() {
  const scratch = mkdtempSync(join(edr, '..', '.edr-'));
  try {
    run('npm', [
      'pack',
      '--silent',
      '--prefer-offline',
      '--pack-destination',
      scratch,
      `@nomicfoundation/${name}@${version}`,
    ]);
    const archive = readdirSync(scratch).find((file) => file.endsWith('.tgz'));
    const unpacked = join(scratch, 'unpacked');
    mkdirSync(unpacked);
    run('tar', ['xzf', archive, '-C', 'unpacked', '--strip-components=1'], scratch);
    if (!existsSync(target)) renameSync(unpacked, target);
    console.log(`installed @nomicfoundation/${name}@${version}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A registry that stalls is asked again: npm itself would wait for minutes. */
function run(command, args, cwd, attempts = 3) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (!error && status === 0) return;
  if (attempts > 1) return run(command, args, cwd, attempts - 1);
  throw error ?? new Error(`${command} ${args.join(' ')} exited with ${status}`);
}
