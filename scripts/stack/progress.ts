const TICK_MS = 5_000;
const startedAt = Date.now();

const seconds = (sinceMs: number) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
const stamp = () => `[${String(Math.floor((Date.now() - startedAt) / 1000)).padStart(3)} s]`;

/** Prints one line of the story with the seconds since the start. */
export function say(line: string): void {
  console.log(`${stamp()} ${line}`);
}

/** Names a step, shows that it still lives every few seconds, and says how long it took. */
export async function step<Result>(name: string, work: () => Promise<Result>, latest: () => string = () => ''): Promise<Result> {
  const since = Date.now();
  say(`· ${name}`);
  const timer = setInterval(() => say(`  … ${name}, ${seconds(since)}${latest() && ` — ${latest()}`}`), TICK_MS);
  try {
    const result = await work();
    say(`✓ ${name} (${seconds(since)})`);
    return result;
  } catch (error) {
    say(`✗ ${name} failed after ${seconds(since)}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
