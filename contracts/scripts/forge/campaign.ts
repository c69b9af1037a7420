/** How often a handler's action was called, and how often it did not revert. */
export interface ActionCount {
  readonly handler: string;
  readonly action: string;
  readonly calls: number;
  readonly successes: number;
}

/** What `forge test --list --json` names: file, contract, tests. */
export function listTests(json: string): { contract: string; name: string }[] {
  const start = json.indexOf('{');
  const listed = JSON.parse(json.slice(start)) as Record<string, Record<string, string[]>>;
  return Object.values(listed).flatMap((contracts) =>
    Object.entries(contracts).flatMap(([contract, names]) => names.map((name) => ({ contract, name }))),
  );
}

/** Reads one campaign of forge: the calls in all, and its table of handler, selector, calls, reverts, discards. */
export function readCampaign(output: string): { calls: number; actions: ActionCount[] } {
  const calls = Number(output.match(/\(runs: \d+, calls: (\d+), reverts: \d+\)/)?.[1] ?? 0);
  const rows = output.matchAll(/^\|\s*(\w+)\s*\|\s*(\w+)\s*\|\s*(\d+)\s*\|\s*(\d+)\s*\|\s*(\d+)\s*\|$/gm);
  return {
    calls,
    actions: [...rows].map(([, handler, action, called, reverted, discarded]) => ({
      handler: handler!,
      action: action!,
      calls: Number(called),
      successes: Number(called) - Number(reverted) - Number(discarded),
    })),
  };
}

/** Adds up the counts of each action over all campaigns, sorted by handler and name. */
export function sumActions(counts: readonly ActionCount[]): ActionCount[] {
  const sums = new Map<string, ActionCount>();
  for (const count of counts) {
    const key = `${count.handler} ${count.action}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...count,
      calls: count.calls + (sum?.calls ?? 0),
      successes: count.successes + (sum?.successes ?? 0),
    });
  }
  return [...sums].toSorted(([a], [b]) => a.localeCompare(b)).map(([, count]) => count);
}

export function actionTable(actions: readonly ActionCount[]): string {
  const rows = actions.map(({ handler, action, calls, successes }) => {
    const percent = calls === 0 ? 0 : Math.round((100 * successes) / calls);
    const share = `${String(successes).padStart(7)} of ${String(calls).padStart(7)} ${String(percent).padStart(4)} %`;
    return `${handler.padEnd(16)} ${action.padEnd(22)} ${share}`;
  });
  return rows.join('\n');
}
