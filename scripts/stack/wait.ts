import { createServer } from 'node:net';
import { OmlError } from '@oml/protocol/error';
import { ports, type PartName } from './layout.ts';

/** Only to notice a hang: on a loaded machine everything takes many times as long, and what dies is told at once. */
const HANG_MS = 300_000;

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Asks until `check` answers something other than undefined. Throws UNAVAILABLE after `timeoutMs`. */
export async function until<Result>(
  what: string,
  check: () => Promise<Result | undefined>,
  timeoutMs = HANG_MS,
  everyMs = 200,
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const result = await check();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await sleep(everyMs);
  }
  throw new OmlError(
    'UNAVAILABLE',
    `${what} did not come within ${Math.round(timeoutMs / 1000)} s${last instanceof Error ? `: ${last.message}` : ''}.`,
    { cause: last },
  );
}

/** Waits until a URL answers 2xx. */
export function untilUp(name: string, url: string, timeoutMs = HANG_MS): Promise<true> {
  return until(
    `${name} at ${url}`,
    async () => ((await fetch(url, { signal: AbortSignal.timeout(30_000) })).ok ? true : undefined),
    timeoutMs,
  );
}

/** Throws PORT_IN_USE naming every part whose port is taken. */
export async function checkPorts(): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports) as [PartName, number][]) {
    if (!(await isFree(port))) taken.push(`${port} (${name})`);
  }
  if (taken.length > 0) {
    throw new OmlError(
      'PORT_IN_USE',
      `Ports in use: ${taken.join(', ')}. Stop what listens there, or move all ports with OML_PORT_OFFSET=1000.`,
      { details: { taken } },
    );
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
