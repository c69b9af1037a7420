import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startRoughRegistry } from '../checks/rough-registry.ts';
import { root } from '../stack/layout.ts';
import { readLock } from './addons.mjs';
import { npmCi, PATIENCE } from './npm-ci.mjs';
import { npmProgram } from './npm-program.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'oml-install-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const NAMES = ['ms', 'picocolors', 'inherits', 'destroy'] as const;
// Its absence is what npm would pass over in silence.
const ADDON = 'destroy';

/** A project of a few small packages, locked as this repository locks them, one of them only for machines like this. */
function project(): string {
  const folder = mkdtempSync(join(scratch, 'project-'));
  const locked = readLock(root);
  const places = NAMES.map((name) => {
    const entry = locked[`node_modules/${name}`]!;
    const native = { optional: true, os: [process.platform], cpu: [process.arch] };
    return [name, { version: entry.version!, integrity: entry.integrity!, ...(name === ADDON && native) }] as const;
  });
  const versions = (isAddon: boolean) =>
    Object.fromEntries(
      places.filter(([name]) => (name === ADDON) === isAddon).map(([name, { version }]) => [name, version]),
    );
  const own = { name: 'p', version: '1.0.0', dependencies: versions(false), optionalDependencies: versions(true) };
  const packages = { '': own, ...Object.fromEntries(places.map(([name, entry]) => [`node_modules/${name}`, entry])) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...own, lockfileVersion: 3, requires: true, packages }),
  );
  return folder;
}

/** npm with a cache of its own, and everything that the installer says. */
function install(folder: string, options: string[], changes: { npm?: string; silenceMs?: number } = {}) {
  const said: string[] = [];
  const { npm = npmProgram(), ...patience } = changes;
  const done = npmCi({
    folder,
    node: process.execPath,
    npm,
    say: (line) => void said.push(line),
    options: [`--cache=${join(folder, 'cache')}`, ...options],
    patience: { ...PATIENCE, fetchTimeoutMs: 8_000, firstWaitMs: 100, ...patience },
  });
  return { said, done };
}

const upstream = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' }).stdout.trim();
const isReachable = await fetch(new URL('ms', upstream), { signal: AbortSignal.timeout(20_000) }).then(
  ({ ok }) => ok,
  () => false,
);
if (!isReachable) console.warn('No registry answers here: the installation from one is not tested.');

describe('npm ci', () => {
  it.skipIf(!isReachable)('reaches its end where a registry stalls twice and cuts a tarball once', async () => {
    const registry = await startRoughRegistry(upstream, ['silence', 'half', 'cut']);
    const folder = project();
    const { said, done } = install(folder, [`--registry=${registry.url}`]);
    await done.finally(() => registry.close());
    for (const name of NAMES) expect(existsSync(join(folder, 'node_modules', name, 'package.json')), name).toBe(true);
    expect(registry.happened.map(({ fault }) => fault)).toEqual(['silence', 'half', 'cut']);
    expect(said.join('\n')).toMatch(
      /did not come \(no answer in time\)[\s\S]*the installation broke off: .*[\s\S]*goes on in/,
    );
  });

  it.skipIf(!isReachable)('misses an addon that npm leaves out in silence', async () => {
    const registry = await startRoughRegistry(upstream, ['cut'], ADDON);
    const folder = project();
    const { said, done } = install(folder, [`--registry=${registry.url}`]);
    await done.finally(() => registry.close());
    expect(registry.happened.map(({ fault }) => fault)).toEqual(['cut']);
    expect(said[0]).toContain(`npm left out ${ADDON}, which this machine needs`);
    expect(existsSync(join(folder, 'node_modules', ADDON, 'package.json'))).toBe(true);
  });

  it('does not ask again where that cannot help, and says what npm said', async () => {
    const folder = project();
    rmSync(join(folder, 'package-lock.json'));
    const { said, done } = install(folder, []);
    await expect(done).rejects.toThrow(/EUSAGE[\s\S]*can only install with an existing package-lock.json/);
    expect(said).toEqual([]);
  });

  it('starts npm again where it says nothing any more', async () => {
    const folder = project();
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: {} }));
    const npm = join(folder, 'npm-that-hangs-once.cjs');
    const script = `const fs = require('fs'), seen = ${JSON.stringify(join(folder, 'seen'))};
      if (!fs.existsSync(seen)) { fs.writeFileSync(seen, ''); setInterval(() => {}, 1000); }`;
    writeFileSync(npm, script);
    const { said, done } = install(folder, [], { npm, silenceMs: 3_000 });
    await done;
    expect(said[0]).toBe('the installation broke off: npm said nothing for 3 s');
  });
});
