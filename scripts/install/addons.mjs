// npm ends with success although an optional package could not be fetched; native addons are optional packages.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Locked one entry of `packages` in package-lock.json
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 * @property {Record<string, string>} [bin]
 */

/**
 * @param {string} folder
 * @returns {Record<string, Locked>} every package of the lock file, by its place below the folder
 */
export const readLock = (folder) => JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;

/**
 * Native packages that the lock file has for this machine and that are not there.
 *
 * @param {string} folder
 */
export function missingAddons(folder) {
  return Object.entries(readLock(folder))
    .filter(([, locked]) => locked.optional && locked.os && locked.cpu && isForThisMachine(locked))
    .map(([place]) => place)
    .filter((place) => !existsSync(join(folder, place, 'package.json')))
    .map((place) => place.replace(/^.*node_modules\//, ''));
}

/** @param {Locked} locked */
export function isForThisMachine({ os, cpu, libc }) {
  return (
    allows(os, process.platform) &&
    allows(cpu, process.arch) &&
    (process.platform !== 'linux' || allows(libc, cLibrary()))
  );
}

/**
 * npm's own rule: a list of names, or of names with a `!` before them.
 *
 * @param {string | string[] | undefined} list
 * @param {string} value
 */
function allows(list, value) {
  const names = list === undefined ? [] : [list].flat();
  if (names.includes(`!${value}`)) return false;
  const wanted = names.filter((name) => !name.startsWith('!'));
  return wanted.length === 0 || wanted.includes(value) || wanted.includes('any');
}

function cLibrary() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime ? 'glibc' : 'musl';
}
