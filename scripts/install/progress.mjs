// How far the steps of a command are: one line that moves on a terminal, a line every 15 seconds elsewhere.
const TERMINAL_MS = 500;
const LOG_MS = 15_000;
const CLEAR_LINE = '\r\u001b[K';

/**
 * @typedef {object} Progress
 * @property {(line: string) => void} say Prints one line with the seconds since the start.
 * @property {(text: string) => void} tell Prints text as it is.
 * @property {<Result>(name: string, work: () => Promise<Result>, state?: () => string) => Promise<Result>} step
 *   Names a step, shows that it lives and its `state`, and says how long it took.
 */

/**
 * @param {{ write: (text: string) => unknown; isTTY?: boolean | undefined; columns?: number | undefined }} out
 * @param {boolean} isTerminal A person watches: CI sees a log even where it lends a terminal.
 * @returns {Progress}
 */
export function progressOn(out, isTerminal = out.isTTY === true && process.env['CI'] === undefined) {
  const startedAt = Date.now();
  /** @type {Set<{ name: string; since: number; state: () => string }>} */
  const running = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const stamp = () => `[${String(Math.floor((Date.now() - startedAt) / 1000)).padStart(3)} s]`;
  /** @param {string} text */
  const tell = (text) => void out.write(`${isTerminal ? CLEAR_LINE : ''}${text}\n`);
  /** @param {string} line */
  const say = (line) => tell(`${stamp()} ${line}`);

  function tick() {
    const line = `  … ${[...running].map(describe).join(' · ')}`;
    if (!isTerminal) return say(line);
    out.write(`${CLEAR_LINE}${`${stamp()} ${line}`.slice(0, (out.columns || 80) - 1)}`);
  }

  return {
    say,
    tell,
    async step(name, work, state = () => '') {
      const entry = { name, since: Date.now(), state };
      say(`· ${name}`);
      running.add(entry);
      timer ??= setInterval(tick, isTerminal ? TERMINAL_MS : LOG_MS);
      try {
        const result = await work();
        say(`✓ ${name} (${secondsSince(entry.since)})`);
        return result;
      } catch (error) {
        say(`✗ ${name} failed after ${secondsSince(entry.since)}`);
        throw error;
      } finally {
        running.delete(entry);
        if (running.size === 0) timer = void clearInterval(timer);
      }
    },
  };
}

/** @param {{ name: string; since: number; state: () => string }} step */
function describe({ name, since, state }) {
  const now = state();
  return `${name}, ${secondsSince(since)}${now && ` — ${now}`}`;
}

/** @param {number} since */
const secondsSince = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
