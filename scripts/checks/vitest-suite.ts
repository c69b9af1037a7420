import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure, runCommand } from '../stack/command.ts';
import { inState, root } from '../stack/layout.ts';
import { step, tell } from '../stack/progress.ts';
import { vitestTally, type Tally } from './tally.ts';
import { sayProgress, type TestProgress } from './test-progress.ts';
import { sayCrash, type Crash } from './told-worker.ts';

/** What a test run tells the process that started it. */
type Message = { progress: TestProgress } | { crash: Crash };

const SHOWN_LINES = 300;

/** Runs Vitest, tells how far it is and why it failed, and counts its tests. */
export async function vitestSuite(name: string, args: string[], env: Record<string, string> = {}): Promise<Tally> {
  const report = inState('reports', `${name}.json`);
  mkdirSync(inState('reports'), { recursive: true });
  rmSync(report, { force: true });
  const crashes: Crash[] = [];
  let state = 'looking for tests';
  const onMessage = (message: unknown) => {
    const told = message as Message;
    if ('progress' in told) state = sayProgress(told.progress);
    else crashes.push(told.crash);
  };
  const reporters = ['default', join(root, 'scripts/checks/test-progress.ts'), 'json'].map(
    (one) => `--reporter=${one}`,
  );
  const run = () =>
    runCommand({
      name,
      command: join(root, 'node_modules/.bin/vitest'),
      args: ['run', ...reporters, `--outputFile=${report}`, ...args],
      env,
      onMessage,
    });
  const broke = await step(name, run, () => state).then(
    () => false,
    (error: unknown) => {
      tell(whyItFailed(error));
      for (const crash of crashes) tell(sayCrash(crash));
      return true;
    },
  );
  const tally = existsSync(report) ? vitestTally(readFileSync(report, 'utf8')) : { passed: 0, failed: 0 };
  return broke && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** Vitest's own account of what failed, which stands at the end, or else the last that it said. */
function whyItFailed(error: unknown): string {
  if (!(error instanceof CommandFailure)) throw error;
  const lines = error.output.split('\n');
  const start = lines.findIndex((line) => /Failed (Suites|Tests)|Unhandled Errors/.test(line));
  return start === -1 ? error.message : lines.slice(start, start + SHOWN_LINES).join('\n');
}
