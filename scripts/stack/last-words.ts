/** npm's and turbo's own words about a task that failed: they say that it failed, never why. */
const NOISE = [
  /^npm (error|ERR!)/,
  /^> \S+@\S+ \S+/,
  /^cache (miss|hit), /,
  /^\s*• /,
  /^\s*(Tasks|Cached|Time): /,
  /\bERROR\s+(command \(|run failed: command)/,
  /^\s*WARNING\s+No locally installed/,
];

/**
 * The end of what a command wrote, for people: with turbo the output of the task that failed under its name, without
 * the frame that npm and turbo put around it.
 */
export function lastWordsOf(output: string, lines = 25): string {
  const plain = output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/.*\r(?!\n)/g, '');
  const all = plain.split('\n').map((line) => line.trimEnd());
  const kept = dropEcho(nameTasks(all)).filter((line) => line && !NOISE.some((noise) => noise.test(line)));
  return (kept.length > 0 ? kept : all.filter(Boolean)).slice(-lines).join('\n') || '(it wrote nothing)';
}

/** Turbo puts the task before every line: once above its lines is enough. */
function nameTasks(lines: readonly string[]): string[] {
  let current = '';
  return lines.flatMap((line) => {
    const [, task, rest = ''] = /^(@?[\w./-]+:[\w-]+): ?(.*)$/.exec(line) ?? [];
    if (!task || !/^(@|\w+:(build|typecheck)$)/.test(task)) return [line];
    const named = task === current ? [rest] : [`${task}`, rest];
    current = task;
    return named;
  });
}

/** npm prints the name of a script and, in the next line, its command. */
function dropEcho(lines: readonly string[]): string[] {
  return lines.filter((line, at) => !(line.startsWith('> ') && /^> \S+@\S+ \S+/.test(lines[at - 1] ?? '')));
}
