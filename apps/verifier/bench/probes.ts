// The evading host: what it learns from thousands of calls of this verifier, to tell which of the next ones are probes.
import { parseArgs } from 'node:util';
import { reportAgents, type AgentsRow } from '../../../scripts/bench/agents-report.ts';
import { formerViews } from './evading-host/before.ts';
import { plannedViews } from './evading-host/planned.ts';
import { draftPrompts } from './evading-host/prompts.ts';
import { rightAbout, type Part } from './evading-host/verdict.ts';

const HELP = `npm run bench:probes -w @oml/verifier [-- options]

Plays the host that wants to know which calls are probes: drafts code books on fable-mini, plans audits as the verifier
plans them, and trains logistic regression and boosted trees on everything that a host sees, but its own model's
probabilities. Every code book is held out once.

  --calls N   calls of either kind together (10000)
  --books N   code books (16)
  --keys N    keys of each (128)
  --write     record the figures in docs/benchmarks/agents.{json,md}
  --help      this text`;

const number = (value: number) => ({ type: 'string', default: String(value) }) as const;
const toggle = { type: 'boolean', default: false } as const;
const { help, write, ...sizes } = parseArgs({
  options: { calls: number(10_000), books: number(16), keys: number(128), write: toggle, help: toggle },
}).values;
if (help) {
  console.log(HELP);
  process.exit(0);
}
const [calls, books, keys] = [Number(sizes.calls), Number(sizes.books), Number(sizes.keys)];
const PRICE = 2_000n;
const FOLDS = 4;

const prompts = await draftPrompts(books, keys, (book) => console.log(`${book + 1} of ${books} code books`));
const audits = Math.ceil(calls / 64);
const planned = plannedViews(prompts, audits, PRICE);
const former = formerViews(prompts, Math.ceil(calls / 2 / 8), PRICE).slice(0, 5 * calls);
const about = (parts?: readonly Part[]) => percent(rightAbout(planned, FOLDS, parts));

const run = {
  anchor: `${planned.length} planned calls, half of them probes, ${books} code books of ${keys} keys on fable-mini; the better of two classifiers, each code book held out once; guessing is 50`,
  command: `npm run bench:probes -w @oml/verifier -- --calls ${calls} --books ${books} --keys ${keys} --write`,
};
const row = (metric: string, value: number, target: string): AgentsRow => ({
  metric,
  value,
  unit: '% of held-out calls told right',
  target,
  ...run,
});
reportAgents(
  [
    row('probes.distinguishability', about(), '<= 52'),
    row('probes.byPayments', about(['payments', 'times', 'connection']), 'shown'),
    row('probes.byWording', about(['parameters', 'wording']), 'shown'),
    row('probes.todaysVerifier', percent(rightAbout(former, FOLDS)), '>= 95'),
  ],
  write,
);

function percent(share: number): number {
  return Math.round(1_000 * share) / 10;
}
