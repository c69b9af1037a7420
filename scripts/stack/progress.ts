const startedAt = Date.now();
// A person at a terminal sees one line that moves; a log gets a line now and then.
const isTerminal = process.stdout.isTTY === true && process.env['CI'] === undefined;
const TICK_MS = isTerminal ? 500 : 5_000;
const CLEAR_LINE = '\r\u001b[K';

const seconds = (sinceMs: number) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
const stamp = () => `[${String(Math.floor((Date.now() - startedAt) / 1000)).padStart(3)} s]`;

/** Prints one line of the story with the seconds since the start. */
export function say(line: string): void {
  console.log(`${isTerminal ? CLEAR_LINE : ''}${stamp()} ${line}`);
}

function tick(line: string): void {
  if (!isTerminal) return say(line);
  const width = process.stdout.columns || 80;
  process.stdout.write(`${CLEAR_LINE}${`${stamp()} ${line}`.slice(0, width - 1)}`);
}

/** Names a step, shows that it still lives every few seconds, and says how long it took. */
export async function step<Result>(
  name: string,
  work: () => Promise<Result>,
  latest: () => string = () => '',
): Promise<Result> {
  const since = Date.now();
  say(`· ${name}`);
  const timer = setInterval(() => tick(`  … ${name}, ${seconds(since)}${latest() && ` — ${latest()}`}`), TICK_MS);
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
