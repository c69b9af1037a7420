/**
 * What a host that adapts leaves of an edition: node packages/fingerprint/bench/adaptive.ts MODEL fast|hardened SECRET…
 * Several secrets tell how far a survival hangs on one; the metrics are of the mean.
 */
import { readModel } from '@oml/onnx/model-file';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { deriveEdition, editionSubset, slotSeed } from '../src/edition/edition.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { draftWishes, embedWishes } from '../src/harden/profile.ts';
import { adaptiveAttack, COSTS, survivalWithin } from '../src/lab/adaptive/adaptive-attack.ts';
import type { Specimen, SurvivalPoint } from '../src/lab/specimen.ts';
import { openNamed, runAttacks, survivalTable } from './marked.ts';
import { writePart } from './part.ts';

const [model, profileName, ...labels] = process.argv.slice(2);
const named = openNamed([model!, profileName!]);
const { name, profile, bench, subject, keys } = named;
const secrets = labels.length > 0 ? labels : ['adaptive'];
const started = performance.now();

const runs: SurvivalPoint[][] = [];
for (const label of secrets) {
  console.log(`${name}, ${profile}, secret "${label}"`);
  runs.push(await runAttacks(await edition(label), [adaptiveAttack]));
  console.log(`  after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
const mean = (most: number) => runs.reduce((sum, points) => sum + survivalWithin(points, most), 0) / runs.length;
const command = `node packages/fingerprint/bench/adaptive.ts ${process.argv.slice(2).join(' ')}`;
writePart({
  name: `adaptive-${name}-${profile}`,
  figures:
    name === 'wiki2m6'
      ? COSTS.map((most) => ({
          metric: `adaptive.${profile}.survival${100 * most}`,
          value: mean(most),
          unit: 'fraction',
          target: '',
          anchor: `the least over all tries that cost at most ${100 * most} %, ${runs.length} secrets`,
          command,
        }))
      : [],
  tables: runs.map((points, i) =>
    survivalTable(`${name}, ${profile}: what a host that adapts leaves (secret ${i + 1} of ${runs.length})`, points),
  ),
});
for (const most of COSTS) console.log(`s(${100 * most} %) = ${mean(most).toFixed(3)}`);

/** What one licensee holds: all common keys, its tracing keys, and its noise. */
async function edition(label: string): Promise<Specimen> {
  const secret = new TextEncoder().encode(`bench secret of an adaptive host: ${label}`);
  const beacon = deriveHex(secret, 'beacon');
  const { ordinary, heldout, bits } = bench;
  const { book, statistics, geometry } = await draftCodeBook({
    subject,
    secret,
    commonCount: keys,
    tracingCount: keys,
    bits,
    ordinary,
    ...draftWishes(profile, subject),
  });
  const { prepared } = await solveEmbedding({
    subject,
    secret,
    book,
    beacon,
    ordinary,
    statistics,
    geometry,
    mergeWeight: 0.5,
    ...embedWishes(profile, { subject, ordinary, secret }),
  });
  const seed = slotSeed(secret, 0);
  const held = editionSubset({ slotSeed: seed, hostSalt: deriveHex(secret, 'host'), beacon }, keys);
  const selections = selectAnswers(book, beacon).slice(0, keys);
  return {
    name,
    clean: subject,
    marked: readModel(deriveEdition(prepared, held, seed)),
    prompts: book.keys.slice(0, keys).map(({ prompt }) => prompt),
    candidates: selections.map(({ candidate }) => candidate),
    outcomes: selections.map(({ outcome }) => outcome),
    ordinary,
    heldout,
  };
}
