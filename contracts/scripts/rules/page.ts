import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsRoot } from '../forge/forge.ts';
import type { Mutant } from '../mutate/operators.ts';

const root = join(contractsRoot, '..');
const pageFile = join(root, 'docs/specs/rules.md');
const mutationsFile = join(import.meta.dirname, 'mutations.json');

/** A row of docs/specs/rules.md. */
export interface Rule {
  readonly number: string;
  readonly says: string;
  /** A file of contracts/src, or one elsewhere in the repository; undefined where nothing keeps the rule yet. */
  readonly place: string | undefined;
  readonly onChain: boolean;
  /** What notices its loss: tests of the contracts by name, elsewhere a test file and the words of its test. */
  readonly tests: readonly string[];
}

/** How a contract would lose a rule: `before`, which stands once in the function named by `in` or else in the file. */
interface Mutation {
  readonly in?: string;
  readonly before: string;
  readonly after: string;
}

export function readRules(): Rule[] {
  const rows = readFileSync(pageFile, 'utf8').matchAll(/^\| (R\d+) +\| (.+?) +\| (.+?) +\| (.*?) *\|$/gm);
  return [...rows].map(([, number, says, keeper, notices]) => {
    const place = /^`(.+)`$/.exec(keeper!)?.[1];
    const onChain = place?.endsWith('.sol') === true;
    const tests = onChain ? [...notices!.matchAll(/`(\w+)`/g)].map(([, name]) => name!) : [notices!];
    return { number: number!, says: says!, place, onChain, tests };
  });
}

/** Mutations by the number of their rule; null: a known gap, which nothing keeps yet. */
export function readMutations(): Map<string, Mutation | null> {
  return new Map(Object.entries(JSON.parse(readFileSync(mutationsFile, 'utf8'))));
}

/** The mutant of a rule. Throws where its text does not stand in its place exactly once. */
export function mutantOf({ number, place }: Rule, { in: inside, before, after }: Mutation): Mutant {
  const file = `src/${place}`;
  const text = readFileSync(join(contractsRoot, file), 'utf8');
  const from = inside === undefined ? 0 : theOnly(text, inside, `${number}: ${file}`);
  const to = inside === undefined ? text.length : text.indexOf('\n    }', from);
  const at = from + theOnly(text.slice(from, to), before, `${number}: ${file}`);
  const start = Buffer.byteLength(text.slice(0, at));
  const end = start + Buffer.byteLength(before);
  const line = text.slice(0, at).split('\n').length;
  return { id: number, file, operator: 'rule', where: inside ?? '', line, start, end, before, after };
}

/** What page, mutations, sources and tests do not agree on. */
export function findFaults(rules: readonly Rule[], mutations: ReadonlyMap<string, Mutation | null>): string[] {
  const defined = namesOfTests();
  const faults = rules.flatMap((rule) => {
    const { number, place, onChain, tests } = rule;
    const mutation = mutations.get(number);
    if (!place) return mutation === null ? [] : [`${number} is not built, and no known gap`];
    if (!onChain) return mutation === undefined ? offChainFaults(rule) : [`${number} is mutated, and kept off chain`];
    if (!mutation) return [`${number} is not mutated`];
    if (tests.length === 0) return [`${number} names no test`];
    const unknown = tests.filter((test) => !defined.has(test)).map((test) => `${number}: there is no test ${test}`);
    return [...unknown, ...textFault(rule, mutation)];
  });
  const numbers = new Set(rules.map(({ number }) => number));
  return [
    ...faults,
    ...(numbers.size < rules.length ? ['a number stands twice'] : []),
    ...[...mutations.keys()].filter((key) => !numbers.has(key)).map((key) => `${key} stands on no page`),
  ];
}

function textFault(rule: Rule, mutation: Mutation): string[] {
  try {
    mutantOf(rule, mutation);
    return mutation.before === mutation.after ? [`${rule.number} changes nothing`] : [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** A rule of an agent names `file.test.ts`: and words that stand in it. */
function offChainFaults({ number, place, tests: [test] }: Rule): string[] {
  const [, name, words] = /^`([\w./-]+\.test\.ts)`: (.+)$/.exec(test ?? '') ?? [];
  if (!name || !words) return [`${number} names no test`];
  const keeper = globSync(place!, { cwd: root });
  const files = globSync(`{apps,packages}/*/src/**/${name}`, { cwd: root });
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  return [
    ...(keeper.length === 0 ? [`${number}: there is no ${place}`] : []),
    ...(text.includes(words) ? [] : [`${number}: ${name} does not say "${words}"`]),
  ];
}

function namesOfTests(): Set<string> {
  const text = globSync('test/**/*.sol', { cwd: contractsRoot })
    .map((file) => readFileSync(join(contractsRoot, file), 'utf8'))
    .join('\n');
  return new Set([...text.matchAll(/function ((?:test|testFuzz|invariant)_\w+)/g)].map(([, name]) => name!));
}

function theOnly(text: string, part: string, where: string): number {
  const at = text.indexOf(part);
  if (at < 0 || text.includes(part, at + 1)) throw new Error(`${where} does not say once: ${part}`);
  return at;
}
