// Changes src/ in small ways and counts which changes a test notices.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags } from './flags.ts';
import { forgeFolder } from './forge/forge.ts';
import { Compiler } from './mutate/compiler.ts';
import { mutantsOf, type Mutant } from './mutate/operators.ts';
import {
  killedPercent,
  readJournal,
  scoresOf,
  scoreTable,
  validEntries,
  writeSurvivors,
  type Entry,
} from './mutate/report.ts';
import { Trial } from './mutate/trial.ts';
import { prepareWorkplace } from './mutate/workplace.ts';

const REQUIRED_PERCENT = 90;
/**
 * Where money moves, or what decides whether it does. Interfaces hold no code; the dev dollar and the reference
 * arbitrator stay on dev chains.
 */
const MONEY_PATHS = '^src/(?!interfaces/|DevDollar|arbitration/)';

const HELP = `npm run mutate -w contracts [-- options]

Changes src/ in small ways and counts which changes a test notices. Keeps a journal in .forge/mutants/, and in
scripts/mutate/survivors.json the mutants that no test noticed, with room to say why.

  --files REGEXP  only sources whose path matches (where money moves)
  --sample N      at most N mutants per source, drawn by --seed (12); 0 takes all
  --seed TEXT     of the draw (oml)
  --shard I/N     every N-th mutant, from the I-th on: shards may run side by side
  --minutes N     try no further mutant after so long; 0 tries all
  --fresh         forget what earlier runs found; without it a run resumes
  --help          this text`;
const options = readFlags(HELP, {
  files: { type: 'string', default: MONEY_PATHS },
  sample: { type: 'string', default: '12' },
  seed: { type: 'string', default: 'oml' },
  shard: { type: 'string', default: '1/1' },
  minutes: { type: 'string', default: '0' },
  fresh: { type: 'boolean', default: false },
});
const [shard, shards] = options.shard.split('/').map(Number) as [number, number];
const folder = join(forgeFolder, 'mutants');
const survivorsFile = join(import.meta.dirname, 'mutate/survivors.json');
mkdirSync(folder, { recursive: true });
if (options.fresh) for (const name of journalNames()) rmSync(join(folder, name));

const place = await prepareWorkplace(String(shard));
const compiler = new Compiler(place.input);
const units = compiler.parse('src/');
const hashes = new Map(
  [...units.keys()].map((file) => [
    file,
    createHash('sha256').update(compiler.sourceOf(file)).digest('hex').slice(0, 12),
  ]),
);
const mutants = [...units]
  .filter(([file]) => new RegExp(options.files).test(file))
  .flatMap(([file, unit]) => draw(mutantsOf(file, compiler.sourceOf(file), unit)));
// In the order of the draw, so that a run cut short has judged some of every source.
const mine = mutants.filter((_, i) => i % shards === shard - 1).toSorted((a, b) => rankOf(a).localeCompare(rankOf(b)));
const journal = join(folder, `journal-${shard}.jsonl`);

const known = results();
// What lived before first: a new test may have been written for it.
const lived = new Set(journalled().flatMap(({ id, outcome }) => (outcome === 'survived' ? [id] : [])));
const untried = mine.filter(({ id }) => !known.has(id));
const open = [...untried.filter(({ id }) => lived.has(id)), ...untried.filter(({ id }) => !lived.has(id))];
console.log(`${mutants.length} mutants, ${mine.length} in this shard, ${open.length} to try`);
if (open.length > 0) await tryAll(open);
report();

async function tryAll(list: readonly Mutant[]): Promise<void> {
  const trial = new Trial(place, compiler);
  await trial.rehearse();
  const end = Number(options.minutes) === 0 ? Infinity : Date.now() + 60_000 * Number(options.minutes);
  for (const [i, mutant] of list.entries()) {
    if (Date.now() > end) return;
    const verdict = await trial.try(mutant);
    const { id, file, operator } = mutant;
    const { outcome, by } = verdict;
    const entry = { id, file, operator, outcome, by, source: hashes.get(file), tests: place.testsHash };
    appendFileSync(journal, `${JSON.stringify(entry)}\n`);
    if (outcome === 'survived') console.log(`survived: ${file}:${mutant.line} ${mutant.before} -> ${mutant.after}`);
    if ((i + 1) % 25 === 0) console.log(`${i + 1} of ${list.length}`);
  }
}

/** A sample that does not depend on order: whoever's hash with the seed is smallest. */
function draw(list: readonly Mutant[]): Mutant[] {
  const size = Number(options.sample);
  if (size === 0 || list.length <= size) return [...list];
  return list.toSorted((a, b) => rankOf(a).localeCompare(rankOf(b))).slice(0, size);
}

function rankOf({ id }: Mutant): string {
  return createHash('sha256').update(`${options.seed} ${id}`).digest('hex');
}

function journalNames(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('journal-'));
}

function journalled(): Entry[] {
  return journalNames().flatMap((name) => readJournal(join(folder, name)));
}

function results() {
  const tests = Object.entries(place.input.sources).flatMap(([file, { content }]) =>
    file.startsWith('src/') ? [] : [content],
  );
  return validEntries(journalled(), {
    sourceHash: (file) => hashes.get(file),
    testsHash: place.testsHash,
    tests: tests.join('\n'),
  });
}

function report(): void {
  const found = results();
  const entries = mutants.flatMap(({ id }) => found.get(id) ?? []);
  const scores = scoresOf(entries);
  const percent = killedPercent(scores);
  const survivors = writeSurvivors(
    survivorsFile,
    mutants.filter(({ id }) => found.get(id)?.outcome === 'survived'),
  );
  const unexplained = survivors.filter(({ explanation }) => !explanation).length;
  const tried = entries.filter(({ outcome }) => outcome === 'killed' || outcome === 'survived').length;
  const drawn = { drawn: mutants.length, sample: Number(options.sample), seed: options.seed };
  const result = { killedPercent: percent, tried, ...drawn, unexplained, scores };
  writeFileSync(join(forgeFolder, 'mutants.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(scoreTable(scores));
  console.log(
    `${entries.length} of ${mutants.length} drawn are judged; ${survivors.length} survive, ${unexplained} of them unexplained.`,
  );
  if (entries.length === mutants.length && (percent < REQUIRED_PERCENT || unexplained > 0)) process.exitCode = 1;
}
