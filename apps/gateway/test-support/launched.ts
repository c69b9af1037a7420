import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort, waitFor } from './chain-fixture.ts';

const running: ChildProcess[] = [];

/** What Node has compiled once, so that each process starts with less work. */
export const COMPILED = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/node-compile') };

/** For the end of a test file. */
export function killLaunched(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** The gateway as an operator starts it; `onLog` hears its log. */
export async function launch(
  env: Record<string, string>,
  onLog?: (text: string) => void,
): Promise<{ url: string; kill(): Promise<void> }> {
  const port = String(await freePort());
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: { ...process.env, ...COMPILED, LOG_LEVEL: onLog ? 'info' : 'silent', ...env, PORT: port },
    stdio: onLog ? ['ignore', 'pipe', 'inherit'] : 'inherit',
  });
  child.stdout?.setEncoding('utf8').on('data', onLog!);
  running.push(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/ready`)).ok);
  return { url, kill: () => (child.kill('SIGKILL'), gone) };
}

/** Rows of a gateway's SQLite file, whether it runs or not. */
export function stored<Row>(env: Record<string, string>, sql: string, file = 'gateway.sqlite'): Row[] {
  const db = new DatabaseSync(join(env['DATA_DIR']!, file), { readOnly: true });
  try {
    return db.prepare(sql).all() as Row[];
  } finally {
    db.close();
  }
}
