import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, waitFor } from '../test-support/chain-fixture.ts';

/** What a process has used since it began. */
export interface Usage {
  /** User and system time of all its threads. */
  cpuMs: number;
  rssBytes: number;
  /** Kinds of what keeps it alive: sockets, timers, servers. */
  handles: string[];
}

/** A server in a process of its own. */
export interface MeasuredProcess {
  url: string;
  usage(): Promise<Usage>;
  kill(): Promise<void>;
  /** Ends it in order, so that it can write a profile (NODE_FLAGS=--cpu-prof). */
  stop(): Promise<void>;
}

const GATEWAY = join(import.meta.dirname, '../src/main.ts');
const PROBE = join(import.meta.dirname, 'probe.ts');
const running = new Set<ChildProcess>();

/** For the end of a script, whatever it ended for. */
export function killMeasured(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** The gateway as an operator starts it. */
export const startGatewayProcess = (env: Record<string, string>, port?: number): Promise<MeasuredProcess> =>
  startMeasured(GATEWAY, env, port);

/** Starts a server that listens on PORT and answers /ready. */
export async function startMeasured(
  script: string,
  env: Record<string, string>,
  port?: number,
): Promise<MeasuredProcess> {
  const at = String(port ?? (await freePort()));
  const flags = ['--expose-gc', ...(process.env['NODE_FLAGS']?.split(' ') ?? [])];
  const child = spawn(process.execPath, [...flags, '--import', PROBE, script], {
    env: { LOG_LEVEL: 'silent', ...process.env, ...env, PORT: at },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const gone = once(child, 'exit').then(() => void running.delete(child));
  const url = `http://127.0.0.1:${at}`;
  await waitFor(async () => (await fetch(`${url}/ready`)).ok, 60_000);
  return {
    url,
    async usage() {
      const told = once(child, 'message') as Promise<[Usage]>;
      child.send('usage');
      return (await told)[0];
    },
    kill: () => (child.kill('SIGKILL'), gone),
    stop: () => (child.kill('SIGTERM'), gone),
  };
}
