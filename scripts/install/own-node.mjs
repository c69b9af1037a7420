// The Node that the project's TypeScript runs on: the running one where it is new enough, otherwise the one of the lock
// file.
import { spawnSync } from 'node:child_process';
import { existsSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock } from './addons.mjs';
import { npmCi } from './npm-ci.mjs';

/**
 * The oldest Node that package.json allows.
 *
 * @param {string} root
 * @returns {string}
 */
export const oldestNode = (root) =>
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace(/^>=\s*/, '');

/**
 * @param {string} version
 * @param {string} oldest
 */
export function isNewEnough(version, oldest) {
  const [wanted, given] = [oldest, version].map((text) => text.split('.').map(Number));
  for (const [at, part] of (wanted ?? []).entries()) {
    const other = given?.[at] ?? 0;
    if (other !== part) return other > part;
  }
  return true;
}

/**
 * Name, version and program of the Node that the lock file holds for this machine, if it holds one.
 *
 * @param {string} root
 */
export function lockedNode(root) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const locked = readLock(root)[`node_modules/${name}`];
  return locked && { name, locked, program: join('node_modules', name, locked.bin?.['node'] ?? 'bin/node') };
}

/**
 * Installs the lock file's Node into a folder of its own, because `npm ci` replaces node_modules as a whole and must
 * run
 * under it: npm takes optional packages only where their `engines` suit the Node it runs on.
 *
 * @param {string} root
 * @param {{ npm: string; say: (line: string) => void; options?: string[]; patience?: import('./npm-ci.mjs').Patience }}
 * how
 * @returns {Promise<string>} the program
 */
export async function installNode(root, how) {
  const own = lockedNode(root);
  if (!own)
    throw new Error(
      `npm has no Node.js for ${process.platform}-${process.arch}, and this is ${process.versions.node}: ` +
        `install Node.js ${oldestNode(root)} or newer, then run this again.`,
    );
  const folder = join(root, '.node');
  const program = join(folder, own.program);
  if (versionOf(program) === own.locked.version) return program;
  writeProject(folder, own);
  if (existsSync(join(root, '.npmrc'))) copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
  await npmCi({ folder, node: process.execPath, ...how });
  if (versionOf(program) !== own.locked.version)
    throw new Error(`Node.js ${own.locked.version} from npm does not run on this machine: install it yourself.`);
  return program;
}

/**
 * A project of one package, locked as the whole project locks it.
 *
 * @param {string} folder
 * @param {{ name: string; locked: import('./addons.mjs').Locked }} own
 */
function writeProject(folder, { name, locked }) {
  const project = { name: 'own-node', private: true, optionalDependencies: { [name]: locked.version } };
  const lock = { name: 'own-node', lockfileVersion: 3, requires: true };
  const packages = { '': project, [`node_modules/${name}`]: locked };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }));
}

/** @param {string} program */
function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}
