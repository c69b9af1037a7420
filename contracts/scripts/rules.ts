// Takes each rule of docs/specs/rules.md out of the contracts once, and looks whether its tests notice.
// scripts/rules/mutations.json says how each is taken out; null stands for a rule that is known not to be built.
// Writes .forge/rules.json, which `bench` reads.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags } from './flags.ts';
import { forgeFolder } from './forge/forge.ts';
import { Compiler } from './mutate/compiler.ts';
import type { Mutant } from './mutate/operators.ts';
import { readJournal, validEntries, type Entry } from './mutate/report.ts';
import { Trial } from './mutate/trial.ts';
import { prepareWorkplace } from './mutate/workplace.ts';
import { findFaults, mutantOf, readMutations, readRules, type Rule } from './rules/page.ts';

const HELP = `npm run rules -w contracts [-- options]

Takes each rule of docs/specs/rules.md out of the contracts once, and looks whether its tests notice. Ends with 1 where
a rule is not mutated and no known gap, where none of its tests notices, or where a text is not found. Keeps a journal
in .forge/rules.jsonl.

  --only R12,R13  only these rules
  --quick         ask the tests alone that the page names; without it all others are asked where those are silent
  --minutes N     try no further rule after so long; 0 tries all
  --fresh         forget what earlier runs found; without it a run resumes
  --help          this text`;
const options = readFlags(HELP, {
  only: { type: 'string', default: '' },
  quick: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '0' },
  fresh: { type: 'boolean', default: false },
});
const journal = join(forgeFolder, 'rules.jsonl');
mkdirSync(forgeFolder, { recursive: true });
if (options.fresh) rmSync(journal, { force: true });

const rules = readRules();
const mutations = readMutations();
const faults = findFaults(rules, mutations);
if (faults.length > 0) throw new Error(`Page, mutations, sources and tests do not agree:\n${faults.join('\n')}`);
const cases = rules.filter(({ onChain }) => onChain).map((rule) => toCase(rule));
const place = await prepareWorkplace('rules');
const only = options.only === '' ? undefined : options.only.split(',');
const open = cases.filter(({ rule, id }) => (only ? only.includes(rule.number) : !results().has(id)));
console.log(`${cases.length} rules of the contracts, ${open.length} to try`);
if (open.length > 0) await tryAll();
report();

interface Case {
  readonly rule: Rule;
  readonly mutant: Mutant;
  /** Changes with its mutation and with the tests that it names. */
  readonly id: string;
}

function toCase(rule: Rule): Case {
  const mutant = mutantOf(rule, mutations.get(rule.number)!);
  return { rule, mutant, id: `${rule.number} ${hashOf(JSON.stringify([mutant.before, mutant.after, rule.tests]))}` };
}

async function tryAll(): Promise<void> {
  const trial = new Trial(place, new Compiler(place.input));
  await trial.rehearse([...new Set(open.flatMap(({ rule }) => rule.tests))]);
  const end = Number(options.minutes) === 0 ? Infinity : Date.now() + 60_000 * Number(options.minutes);
  for (const { rule, mutant, id } of open) {
    if (Date.now() > end) return;
    const named = await trial.tryNamed(mutant, rule.tests);
    const { outcome, by } = named.outcome === 'survived' && !options.quick ? await trial.try(mutant) : named;
    const entry = { id, file: mutant.file, operator: mutant.operator, outcome, by, source: hashOfSource(mutant.file) };
    appendFileSync(journal, `${JSON.stringify({ ...entry, tests: place.testsHash })}\n`);
    console.log(`${rule.number} ${outcome} ${by ?? ''}${named.outcome === 'killed' ? '' : `: ${rule.says}`}`);
  }
}

/** What the journal still says: a rule is noticed while source, mutation and tests that it names stay as they were. */
function results(): Map<string, Entry> {
  const texts = Object.values(place.input.sources).map(({ content }) => content);
  return validEntries(readJournal(journal), {
    sourceHash: hashOfSource,
    testsHash: place.testsHash,
    tests: texts.join('\n'),
  });
}

function report(): void {
  const found = results();
  const judged = cases.flatMap(({ rule, id }) => {
    const entry = found.get(id);
    return entry ? [{ rule, ...entry }] : [];
  });
  const noticed = judged.filter(({ outcome, by, rule }) => outcome === 'killed' && isNamed(rule, by));
  const lost = judged.filter((each) => !noticed.includes(each));
  const gaps = rules.filter(({ place: file }) => !file);
  const offChain = rules.length - cases.length - gaps.length;
  const figures = { numbered: rules.length, offChain, gaps: gaps.length, mutated: judged.length };
  writeFileSync(
    join(forgeFolder, 'rules.json'),
    `${JSON.stringify({ ...figures, noticed: noticed.length }, null, 2)}\n`,
  );
  for (const { number, says } of gaps) console.log(`not built: ${number} ${says}`);
  for (const { rule, outcome, by } of lost)
    console.log(`${outcome}${by ? ` by ${by}, which the page does not name` : ''}: ${rule.number} ${rule.says}`);
  console.log(
    `${rules.length} rules: ${offChain} kept off chain, ${gaps.length} not built, ` +
      `${judged.length} of ${cases.length} mutated, ${noticed.length} noticed.`,
  );
  if (lost.length > 0 || judged.length < cases.length) process.exitCode = 1;
}

/** A test of the page, or what every test begins with. */
function isNamed({ tests }: Rule, by: string | undefined): boolean {
  return by === 'setUp' || (by !== undefined && tests.includes(by));
}

function hashOfSource(file: string): string {
  return hashOf(place.input.sources[file]!.content);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
