// Everything a fresh clone lacks before TypeScript can run. Plain JavaScript without dependencies, for Node 20 or
// newer.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCi } from './install/npm-ci.mjs';
import { npmProgram } from './install/npm-program.mjs';
import { installNode, isNewEnough, lockedNode, oldestNode } from './install/own-node.mjs';
import { progressOn } from './install/progress.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.oml-lock');
const QUIET = {
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  NODE_NO_WARNINGS: '1',
};

/**
 * Installs the locked dependencies where they are absent or of another lock file: first Node, then all else under it.
 */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const { say, step } = progressOn(process.stdout);
  const npm = npmProgram();
  const node = isNewEnough(process.versions.node, oldestNode(root))
    ? process.execPath
    : await step('installing the project’s own Node.js', () =>
        installNode(root, { npm, say: (line) => say(`  ${line}`) }),
      );
  let state = '';
  await step(
    'installing dependencies (about two minutes the first time)',
    () => npmCi({ folder: root, node, npm, say: (line) => say(`  ${line}`), onState: (now) => (state = now) }),
    () => state,
  );
  writeFileSync(stamp, lock);
}

function fail(why) {
  console.error(`✗ ${why}`);
  process.exit(1);
}

/** The Node of node_modules, as every npm script finds it, or the running one where npm has none for this machine. */
function projectNode() {
  const locked = lockedNode(root);
  return locked && existsSync(join(root, locked.program)) ? join(root, locked.program) : process.execPath;
}

/** Installs, then runs a TypeScript program on the project's Node and ends as it ends. */
export async function runProgram(program) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Node.js 20 or newer is needed, this is ${process.versions.node}.`);
  await install().catch((error) =>
    fail(`The dependencies could not be installed.\n${error.message}\nWhat came whole is kept: run this again.`),
  );
  const PATH = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`;
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
