/**
 * What a host that adapts leaves of an edition, and whether it is named all the same: node
 * packages/fingerprint/bench/adaptive.ts MODEL fast|hardened|anchored SECRET…
 * Several secrets tell how far a figure hangs on one; the metrics are of the mean.
 */
import { adaptiveEdition, type AdaptiveEdition } from './adaptive-edition.ts';
import { adaptiveFigures, intervalOf, traceTable, type AdaptiveRun } from './adaptive-report.ts';
import { watchTracing } from './adaptive-tracing.ts';
import { COSTS, survivalWithin, watchedAttack } from '../src/lab/adaptive/adaptive-attack.ts';
import { measureStandOut } from '../src/lab/stand-out.ts';
import { measureHarm } from '../src/subject/measure.ts';
import { openView } from '../src/subject/view.ts';
import { openNamed, runAttacks, survivalTable } from './marked.ts';
import { writePart } from './part.ts';

const [model, profileName, ...labels] = process.argv.slice(2);
const named = openNamed([model!, profileName!]);
const { name, profile } = named;
const secrets = labels.length > 0 ? labels : ['adaptive'];
const command = `node packages/fingerprint/bench/adaptive.ts ${process.argv.slice(2).join(' ')}`;
const since = (started: number): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;

const runs: AdaptiveRun[] = [];
for (const label of secrets) {
  const started = performance.now();
  console.log(`${name}, ${profile}, secret "${label}"`);
  const edition = await adaptiveEdition(named, label);
  console.log(`  embedded after ${since(started)}`);
  const run = { ...(await judged(edition)), ...(await attacked(edition)) };
  await edition.dispose();
  runs.push(run);
  console.log(`  AUC ${run.standOut.toFixed(3)}, KL ${run.harm.kl.toFixed(4)}, ${run.seen.described()}`);
  console.log(`  after ${since(started)}`);
}
writePart({
  name: `adaptive-${name}-${profile}`,
  figures: name === 'wiki2m6' ? adaptiveFigures(profile, runs, command) : [],
  tables: [
    ...runs.map(({ points }, i) =>
      survivalTable(`${name}, ${profile}: what a host that adapts leaves (secret ${i + 1} of ${runs.length})`, points),
    ),
    traceTable(`${name}, ${profile}: is a host that adapts named?`, secrets, runs),
  ],
});
for (const most of COSTS) {
  const left = runs.map(({ points }) => survivalWithin(points, most));
  console.log(`s(${100 * most} %) = ${intervalOf(left)}`);
}

async function attacked({ specimen, tracer }: AdaptiveEdition): Promise<Pick<AdaptiveRun, 'points' | 'seen'>> {
  const seen = watchTracing(tracer);
  return { points: await runAttacks(specimen, [watchedAttack(seen.watch)]), seen };
}

/** Whether keys stand out in the edition, and what it costs to be marked. */
async function judged({ specimen }: AdaptiveEdition): Promise<Pick<AdaptiveRun, 'standOut' | 'harm'>> {
  const { clean, marked, prompts, heldout } = specimen;
  const [before, after] = [await openView(clean), await openView(clean, marked.bytes)];
  try {
    return {
      standOut: await measureStandOut(after, prompts, heldout),
      harm: await measureHarm(clean, before, after, heldout),
    };
  } finally {
    await Promise.all([before.dispose(), after.dispose()]);
  }
}
