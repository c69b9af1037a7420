import {
  initialiseCluster,
  postgresEnv,
  postgresPrograms,
  postgresUser,
  reachablePath,
} from '@oml/program/embedded-postgres';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inState, ports } from './layout.ts';
import type { Part } from './processes.ts';

const dataDir = () => reachablePath(inState('postgres'));

/** Creates the database cluster on first use and describes the server process. */
export function postgresPart(): Part {
  const programs = postgresPrograms();
  if (!existsSync(join(dataDir(), 'PG_VERSION'))) {
    mkdirSync(dataDir(), { recursive: true, mode: 0o700 });
    initialiseCluster(programs, dataDir());
  }
  rmSync(join(dataDir(), 'postmaster.pid'), { force: true });
  const settings = {
    port: ports.PostgreSQL,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: 80,
  };
  const args = ['-D', dataDir(), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
  return {
    name: 'PostgreSQL',
    command: join(programs, 'postgres'),
    args,
    cwd: tmpdir(),
    env: postgresEnv,
    stopSignal: 'SIGINT',
    ...(postgresUser && { user: postgresUser }),
  };
}

/** Removes the cluster, wherever {@link postgresPart} put it. */
export function removePostgres(): void {
  rmSync(dataDir(), { recursive: true, force: true });
}
