// Everything a fresh clone lacks before TypeScript can run. Plain JavaScript without dependencies, for Node 20 or
// newer.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.oml-lock');
const QUIET = {
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  NODE_NO_WARNINGS: '1',
};

/** Installs the locked dependencies where they are absent or of another lock file. */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  if (spawnSync('npm', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status !== 0)
    fail('npm is missing: install Node.js 20 or newer with npm, then run this again.');
  console.log('· installing dependencies (about two minutes the first time)');
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const timer = setInterval(() => console.log(`  … installing dependencies, ${seconds()}`), 10_000);
  const npm = spawn('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const code = await new Promise((resolve) => npm.once('exit', resolve).once('error', () => resolve(1)));
  clearInterval(timer);
  if (code !== 0)
    fail('npm could not install the dependencies: the lines above say why. Check the network, then run this again.');
  writeFileSync(stamp, lock);
  console.log(`✓ dependencies installed in ${seconds()}`);
}

function fail(why) {
  console.error(`✗ ${why}`);
  process.exit(1);
}

/** The project's own Node from npm, or the running one where it is new enough. */
function projectNode() {
  const own = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(own)) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Node.js 22.18 or newer is needed on ${process.platform}-${process.arch}, this is ${process.versions.node}: install it, then run this again.`,
  );
}

/** Installs, then runs a TypeScript program on the project's Node and ends as it ends. */
export async function runProgram(program) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Node.js 20 or newer is needed, this is ${process.versions.node}.`);
  await install();
  const PATH = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const child = spawn(projectNode(), [join(root, program), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...QUIET, PATH },
  });
  // The terminal sends Ctrl-C to the whole group; a plain kill reaches only this process and is passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
