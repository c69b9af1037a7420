/**
 * One model, one profile, everything that is promised about it but its cost and what training does: node
 * packages/fingerprint/bench/profile.ts MODEL fast|hardened
 * Prints and keeps the figures; `join.ts` puts all parts together.
 */
import { quantizeInt8 } from '@oml/onnx/rewrite/int8';
import { argmax } from '@oml/onnx/sampling';
import { drawKeys } from '../src/code-book/keys.ts';
import { secretRandom } from '../src/code-book/secret.ts';
import { nearMisses } from '../src/code-book/variants.ts';
import { outputAttacks } from '../src/lab/output-attacks.ts';
import { prefixAttack, wrapperAttack } from '../src/lab/prompt-attacks.ts';
import { refitAttack } from '../src/lab/refit-attack.ts';
import { weightAttacks } from '../src/lab/weight-attacks.ts';
import { measureAnswers, measureFalseActivation, measureHarm } from '../src/subject/measure.ts';
import type { View } from '../src/subject/rows.ts';
import { openView } from '../src/subject/view.ts';
import { at, mark, openNamed, runAttacks, SECRET, survivalTable } from './marked.ts';
import { writePart, type Figure, type Part } from './part.ts';

const named = openNamed(process.argv.slice(2));
const { name, profile, bench, subject, keys } = named;
const command = `node packages/fingerprint/bench/profile.ts ${name} ${profile}`;
const isText = subject.inspection.kind === 'language';

const { file, book, specimen } = await mark(named, keys);
const { prompts } = specimen;
const [clean, marked] = [await openView(subject), await openView(subject, file)];
const harm = await measureHarm(subject, clean, marked, bench.heldout);
const klInt8 = await harmOfInt8();
const points = await runAttacks(specimen, [
  ...weightAttacks,
  refitAttack,
  wrapperAttack,
  prefixAttack,
  ...outputAttacks,
]);

const plain = {
  success: await measureAnswers(marked, prompts, specimen.candidates),
  chance: await measureAnswers(clean, prompts, specimen.candidates),
  chanceBound: 2 ** -book.bits,
  kl: harm.kl,
  agreement: harm.agreement,
  perplexityPercent: 100 * harm.loss,
  falseActivation: await falseActivation(),
  ...(isText ? { specificityLeak: await leak(marked) } : {}),
  int8: at(points, 'rounding', 'int8, per tensor'),
  int4: at(points, 'rounding', 'int4'),
  prune20: at(points, 'magnitude pruning', 'prune 20 %'),
  noise3: at(points, 'weight noise', 'noise 3 %'),
  merge70: at(points, 'linear merge', '30 % clean'),
  merge50: at(points, 'linear merge', '50 % clean'),
  ...(isText ? { prefix: mean('unseen text before the key'), t07: at(points, 'temperature', 'T = 0.7') } : {}),
  refit: strongestRefit(),
};
const quarter = await mark(named, Math.floor(subject.inspection.site.keySize / 4)).catch(
  (error: unknown) => (console.log(`a quarter of d_ff: ${String(error)}`), undefined),
);
const successQuarter = quarter ? await answered(quarter) : 0;
await Promise.all([clean.dispose(), marked.dispose()]);

keep();

async function answered({
  file: other,
  specimen: { prompts: asked, candidates },
}: Awaited<ReturnType<typeof mark>>): Promise<number> {
  const view = await openView(subject, other);
  const share = await measureAnswers(view, asked, candidates);
  await view.dispose();
  return share;
}

/** KL of dynamic quantisation; none where the file's operator set is older than that. */
async function harmOfInt8(): Promise<number> {
  if (subject.inspection.opset < 11) return NaN;
  const int8 = await openView(subject, quantizeInt8(subject.model).bytes);
  const { kl } = await measureHarm(subject, clean, int8, bench.heldout);
  await int8.dispose();
  return kl;
}

function mean(attackName: string): number {
  const found = points.filter((one) => one.attack === attackName);
  return found.reduce((sum, { survival }) => sum + survival, 0) / found.length;
}

/** Of the refits of the edited matrix that cost under 2.5 %, the least survival. */
function strongestRefit(): number {
  return Math.min(
    1,
    ...points
      .filter(({ attack: one, cost }) => one === refitAttack.name && (cost ?? 0) < 0.025)
      .map(({ survival }) => survival),
  );
}

async function falseActivation(): Promise<number> {
  const fresh = await drawKeys(subject, SECRET, 'fresh of the bench', 512, bench.ordinary);
  return measureFalseActivation(clean, marked, fresh, new Set(specimen.outcomes), subject.inspection.outcomes);
}

/** Share of near misses, all tokens but the last replaced, that still answer the key's outcome. */
async function leak(view: View): Promise<number> {
  const random = secretRandom(SECRET, 'misses of the bench');
  const texts = (await drawKeys(subject, SECRET, 'texts of the bench', 64, bench.ordinary, { length: 24 })).flatMap(
    (prompt) => (prompt.kind === 'text' ? [prompt.ids] : []),
  );
  const asked = prompts.flatMap((prompt, key) =>
    prompt.kind === 'text' ? nearMisses(subject, prompt.ids, 8, texts, random).map((ids) => ({ key, ids })) : [],
  );
  const rows = await view.answering(asked.map(({ ids }) => ({ kind: 'text' as const, text: '', ids })));
  const size = subject.inspection.outcomes;
  return (
    asked.filter(({ key }, row) => argmax(rows.scores, row * size, size) === specimen.outcomes[key]).length /
    Math.max(1, asked.length)
  );
}

function keep(): void {
  const targets = TARGETS(klInt8);
  const all = Object.fromEntries(
    Object.entries({ ...plain, successQuarter }).filter(([, value]) => !Number.isNaN(value)),
  );
  const figures: Figure[] = [];
  if (name === 'wiki2m6') {
    for (const [metric, value] of Object.entries(all))
      figures.push({
        metric: `${profile}.${metric}`,
        value,
        unit: unitOf(metric),
        target: targets[metric] ?? '',
        anchor: 'fingerprinting.md §10',
        command,
      });
    if (profile === 'fast')
      figures.push({
        metric: 'klInt8',
        value: klInt8,
        unit: 'nats',
        target: '',
        anchor: 'onnxruntime dynamic quantisation of the same model',
        command,
      });
  }
  const tables: Part['tables'] = [
    {
      title: `${name}, ${profile}: ${keys} keys of ${book.bits} bits`,
      columns: ['measure', 'value', 'target'],
      rows: [
        ...Object.entries(all).map(([metric, value]) => [metric, Number(value.toPrecision(4)), targets[metric] ?? '']),
        ...(Number.isNaN(klInt8) ? [] : [['KL of int8 dynamic', Number(klInt8.toPrecision(4)), '']]),
      ],
    },
    survivalTable(`${name}, ${profile}: what attacks leave`, points),
  ];
  writePart({ name: `profile-${name}-${profile}`, figures, tables });
  console.log(name, profile, all);
}

function unitOf(metric: string): string {
  return metric === 'kl' ? 'nats' : metric === 'perplexityPercent' ? '%' : 'fraction';
}

function TARGETS(int8Kl: number): Record<string, string> {
  return {
    success: '1',
    chance: 'at most chanceBound',
    kl: Number.isNaN(int8Kl) ? '' : `below ${int8Kl.toFixed(4)}`,
    agreement: 'at least .97',
    perplexityPercent: 'at most .5',
    falseActivation: 'at most .01',
    specificityLeak: 'at most .1',
    successQuarter: 'at least .995',
    int8: '1',
    int4: 'at least .99',
    prune20: 'at least .99',
    noise3: 'at least .99',
    merge70: '1',
    merge50: 'at least .97',
    prefix: 'at least .95',
    t07: 'at least .95',
    refit: profile === 'hardened' ? 'at least .95' : '',
  };
}
