import { freePort } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** An agent in a process of its own. */
export interface Agent {
  url: string;
  pid: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const UP_MS = 300_000;
const running = new Set<ChildProcess>();

/** For the end of a script, whatever it ended for. */
export function killAgents(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts a program that listens on PORT; resolves when it answers /ready. */
export async function startAgent(program: string, env: Record<string, string>): Promise<Agent> {
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    env: { LOG_LEVEL: 'silent', ...process.env, ...env, PORT: String(port) },
    stdio: 'inherit',
  });
  running.add(child);
  const gone = once(child, 'exit').then(() => void running.delete(child));
  const url = `http://127.0.0.1:${port}`;
  await until(
    `the agent ${program}`,
    () =>
      fetch(`${url}/ready`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    { timeoutMs: UP_MS, everyMs: 500 },
  );
  return {
    url,
    pid: child.pid!,
    kill: () => (child.kill('SIGKILL'), gone),
  };
}
