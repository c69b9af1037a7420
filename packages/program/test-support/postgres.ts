import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { initialiseCluster, postgresEnv, postgresPrograms, postgresUser } from '../src/embedded-postgres.ts';

export interface TestPostgres {
  /** A URL of a database of that name (not created). */
  url(database: string): string;
  /** Ends it as a crash does, and starts it on its files and its port. */
  restart(): Promise<void>;
  /** Stops every process of it where it stands: it takes connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Kills every process of it at once, as the machine's end does; `restart` starts it again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL on a free port with its data in a temporary folder; `stop` ends it and removes the folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = postgresPrograms();
  const data = mkdtempSync(join(tmpdir(), 'oml-postgres-'));
  initialiseCluster(programs, data);
  const port = await freePort();
  const flags = [
    '-p',
    String(port),
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=60'].flatMap(
      (setting) => ['-c', setting],
    ),
  ];
  const launch = () => {
    const server = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
      env: { ...process.env, ...postgresEnv },
      cwd: tmpdir(),
      stdio: 'ignore',
      ...postgresUser,
    });
    return { server, ended: new Promise<void>((resolve) => server.once('exit', () => resolve())) };
  };
  let running = launch();
  const url = (database: string): string => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    running.server.kill(signal);
    await running.ended;
  };
  const stop = async (): Promise<void> => {
    await end('SIGINT');
    rmSync(data, { recursive: true, force: true });
  };
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const pid of processesOf(running.server.pid!)) process.kill(pid, signal);
  };
  const kill = async (): Promise<void> => {
    signalAll('SIGKILL');
    await running.ended;
  };
  const restart = async (): Promise<void> => {
    if (running.server.exitCode === null && running.server.signalCode === null) await end('SIGQUIT');
    running = launch();
    await untilAccepting(url('postgres'));
  };
  await untilAccepting(url('postgres')).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const pause = () => signalAll('SIGSTOP');
  const resume = () => signalAll('SIGCONT');
  return { url, restart, pause, resume, kill, stop };
}

/** The server and the processes that it started, itself first. */
function processesOf(server: number): number[] {
  const all = existsSync('/proc/self/stat') ? listedByKernel() : listedByPs();
  return [server, ...all.flatMap(([pid, parent]) => (parent === server ? [pid!] : []))];
}

/** Every process with its parent: minimal systems have no `ps`, others no /proc. */
function listedByKernel(): number[][] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      return [[Number(pid), Number(parent)]];
    } catch {
      return []; // it has ended
    }
  });
}

function listedByPs(): number[][] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
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
