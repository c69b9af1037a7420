import type { Runs } from '@oml/program/runs';
import { duty } from '../committees/duty.ts';

/** What anyone may see of this verifier's seats: not how it votes, until the chain shows it. */
export async function listDuties(runs: Runs) {
  const duties = await runs.list([duty]);
  return Promise.all(
    duties.map(async ({ id, state, subject, outcome, error }) => ({
      id,
      state,
      ...subject,
      ...(outcome ? { outcome } : {}),
      ...(error ? { error } : {}),
      steps: (await runs.steps(id)).map(({ step, at, tx, note }) => ({
        name: step,
        at: new Date(at).toISOString(),
        ...(tx ? { tx } : {}),
        // What it committed to is its own until it is shown.
        ...(note && (state !== 'running' || step !== 'commit') ? { note } : {}),
      })),
    })),
  );
}
