// npm ci that reaches its end where the registry stalls, cuts a line or leaves something out.
import { spawn } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { missingAddons } from './addons.mjs';
import { NpmOutput } from './npm-output.mjs';

/** How long a silence may last before it counts as a stall, and how often to ask again. */
export const PATIENCE = {
  fetchTimeoutMs: 20_000,
  fetchRetries: 3,
  attempts: 6,
  firstWaitMs: 2_000,
  /** npm itself says nothing: it waits for something that no timeout of its own covers. */
  silenceMs: 240_000,
};

/**
 * @typedef {typeof PATIENCE} Patience
 *
 * @typedef {object} Install
 * @property {string} folder with package.json and package-lock.json
 * @property {string} node program to run npm under: it decides which optional packages npm takes
 * @property {string} npm npm's own command line program
 * @property {(line: string) => void} say hears what goes wrong, and why
 * @property {(state: string) => void} [onState] hears how far npm is
 * @property {string[]} [options] more options for npm
 * @property {Patience} [patience]
 */

/**
 * Installs exactly what the lock file says. What came whole stays in npm's cache, so that each new attempt begins where
 * the last one broke off. Throws npm's own last words.
 *
 * @param {Install} install
 */
export async function npmCi(install) {
  const { attempts, firstWaitMs } = install.patience ?? PATIENCE;
  for (let attempt = 1; ; attempt += 1) {
    const problem = await tryOnce(install);
    if (!problem) return;
    if (problem.isHopeless || attempt === attempts) throw new Error(problem.why);
    const waitMs = firstWaitMs * 2 ** (attempt - 1);
    install.say(`the installation broke off: ${firstLines(problem.why)}`);
    install.say(`it goes on in ${waitMs / 1000} s with what is still missing (attempt ${attempt + 1} of ${attempts})`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/**
 * @param {Install} install
 * @returns {Promise<{ why: string; isHopeless: boolean } | undefined>} nothing where all is in place
 */
async function tryOnce({ folder, node, npm, say, onState, options = [], patience = PATIENCE }) {
  const output = new NpmOutput((sentence) => say(sentence));
  const child = spawn(node, [npm, 'ci', ...optionsOf(folder, patience), ...options], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` },
  });
  let isSilent = false;
  const giveUp = () => {
    isSilent = true;
    child.kill('SIGKILL');
  };
  let watch = setTimeout(giveUp, patience.silenceMs);
  child.stderr.setEncoding('utf8').on('data', (text) => {
    watch.refresh();
    output.read(text);
    onState?.(`${output.fetched} packages came`);
  });
  const { code, error } = await endOf(child);
  clearTimeout(watch);
  if (error) return { why: `npm could not be started: ${error.message}`, isHopeless: true };
  if (isSilent) return { why: `npm said nothing for ${patience.silenceMs / 1000} s`, isHopeless: false };
  if (code !== 0)
    return { why: output.lastWords || `npm ended with ${code} and said nothing`, isHopeless: output.isHopeless };
  const missing = missingAddons(folder);
  return missing.length === 0
    ? undefined
    : { why: `npm left out ${missing.join(', ')}, which this machine needs`, isHopeless: false };
}

/**
 * A lock file with integrity needs no second opinion on what is cached; programs of the build are development
 * dependencies, native addons optional ones, so a person's own settings must not leave them out.
 *
 * @param {string} folder
 * @param {Patience} patience
 */
const optionsOf = (folder, { fetchTimeoutMs, fetchRetries }) => [
  `--prefix=${folder}`,
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-color',
  '--loglevel=http',
  `--fetch-timeout=${fetchTimeoutMs}`,
  `--fetch-retries=${fetchRetries}`,
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=15000',
];

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ code?: number | string | null; error?: Error }>}
 */
const endOf = (child) =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (code, signal) => resolve({ code: code ?? signal }));
  });

/** @param {string} text */
const firstLines = (text) => text.split('\n').slice(0, 2).join(': ');
