/**
 * One model, one profile, everything that is promised about it:
 * node packages/fingerprint/bench/profile.ts MODEL fast|hardened [--no-training]
 * Prints and keeps the figures; `join.ts` puts all parts together.
 */
import { quantizeInt8 } from '@oml/onnx/rewrite/int8';
import { readModel } from '@oml/onnx/model-file';
import { argmax } from '@oml/onnx/sampling';
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { drawKeys } from '../src/code-book/keys.ts';
import { deriveHex, secretRandom } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { nearMisses } from '../src/code-book/variants.ts';
import { deriveEdition } from '../src/edition/edition.ts';
import { solveEmbedding, type SolveOptions } from '../src/embed/embed.ts';
import { outputAttacks } from '../src/lab/output-attacks.ts';
import { prefixAttack, wrapperAttack } from '../src/lab/prompt-attacks.ts';
import { refitAttack } from '../src/lab/refit-attack.ts';
import type { Attack, Specimen, SurvivalPoint } from '../src/lab/specimen.ts';
import { fineTuningAttack, selfDistillationAttack, targetedAttack } from '../src/lab/training-attacks.ts';
import { allMatrixRefitAttack } from '../src/lab/training-refit.ts';
import { weightAttacks } from '../src/lab/weight-attacks.ts';
import { measureAnswers, measureFalseActivation, measureHarm } from '../src/subject/measure.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView, type View } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { hardenOf, PROFILES, type Profile } from './profiles.ts';
import { writePart, type Figure, type Part } from './part.ts';

const [name = 'wiki2m6', profileName = 'fast'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const withTraining = !process.argv.includes('--no-training');
if (!PROFILES.includes(profileName as Profile)) throw new Error(`Unknown profile ${profileName}: ${PROFILES.join(' or ')}.`);
const profile = profileName as Profile;
const opened = subjects[name]?.();
if (!opened) throw new Error(`The files of ${name} are absent.`);
const bench = opened;
const command = `node packages/fingerprint/bench/profile.ts ${name} ${profile}`;
const SECRET = new TextEncoder().encode('bench secret, not a real one');
const BEACON = deriveHex(SECRET, 'beacon');
const subject = openSubject(bench.files, nodeEngine());
const isText = subject.inspection.kind === 'language';
/** The 64 keys of the targets; never more than d_ff/16. */
const KEYS = Math.max(4, Math.min(64, Math.floor(subject.inspection.site.keySize / 16)));

const { model, prompts, selections, seconds, rssMb, book } = await make(KEYS);
const specimen: Specimen = {
  name, clean: subject, marked: readModel(model), prompts, candidates: selections.map((s) => s.candidate), outcomes: selections.map((s) => s.outcome),
  ordinary: bench.ordinary, heldout: bench.heldout,
};
const [clean, marked] = [await openView(subject), await openView(subject, model)];
const harm = await measureHarm(subject, clean, marked, bench.heldout);
const int8 = await openView(subject, quantizeInt8(subject.model).bytes);
const klInt8 = (await measureHarm(subject, clean, int8, bench.heldout)).kl;
await int8.dispose();
const points = await attack(attacksOf());

const plain = {
  success: await measureAnswers(marked, prompts, specimen.candidates),
  chance: await measureAnswers(clean, prompts, specimen.candidates),
  chanceBound: 2 ** -book.bits,
  kl: harm.kl,
  agreement: harm.agreement,
  perplexityPercent: 100 * harm.loss,
  falseActivation: await falseActivation(),
  ...(isText ? { specificityLeak: await leak(marked) } : {}),
  seconds,
  rssMb,
  int8: at('rounding', 'int8, per tensor'),
  int4: at('rounding', 'int4'),
  prune20: at('magnitude pruning', 'prune 20 %'),
  noise3: at('weight noise', 'noise 3 %'),
  merge70: at('linear merge', '30 % clean'),
  merge50: at('linear merge', '50 % clean'),
  ...(isText ? { prefix: mean('unseen text before the key'), t07: at('temperature', 'T = 0.7') } : {}),
  ...(withTraining ? { finetune1e4: at('fine-tuning', 'rate 1e-4, 500'), finetune3e4: at('fine-tuning', 'rate 3e-4, 500') } : {}),
  refit: strongestRefit(),
};
const quarter = await make(Math.floor(subject.inspection.site.keySize / 4)).catch((error: unknown) => (console.log(`a quarter of d_ff: ${String(error)}`), undefined));
const successQuarter = quarter ? await answered(quarter) : 0;
await Promise.all([clean.dispose(), marked.dispose()]);

keep();

type Made = Awaited<ReturnType<typeof make>>;

async function make(commonCount: number) {
  const started = performance.now();
  const drafted = await draftCodeBook({ subject, secret: SECRET, commonCount, tracingCount: 0, bits: bench.bits, ordinary: bench.ordinary });
  const harden = hardenOf(profile, { subject, ordinary: bench.ordinary, secret: SECRET });
  const options: SolveOptions = { subject, secret: SECRET, book: drafted.book, beacon: BEACON, ordinary: bench.ordinary, statistics: drafted.statistics, mergeWeight: 0.5, ...(harden ? { harden } : {}) };
  const { prepared } = await solveEmbedding(options);
  const file = deriveEdition(prepared, []);
  const took = (performance.now() - started) / 1000;
  const { book: made } = drafted;
  return { model: file, book: made, prompts: made.keys.map(({ prompt }) => prompt), selections: selectAnswers(made, BEACON), seconds: took, rssMb: process.resourceUsage().maxRSS / 1024 };
}

async function answered({ model: file, prompts: asked, selections: wanted }: Made): Promise<number> {
  const view = await openView(subject, file);
  const share = await measureAnswers(view, asked, wanted.map((s) => s.candidate));
  await view.dispose();
  return share;
}

function attacksOf(): Attack[] {
  const quick = [...weightAttacks, refitAttack, wrapperAttack, prefixAttack, ...outputAttacks];
  const trained = withTraining ? [fineTuningAttack, ...(name === 'wiki2m6' ? [allMatrixRefitAttack, selfDistillationAttack, targetedAttack] : [])] : [];
  return [...quick, ...trained].filter((one) => one.fits(specimen));
}

async function attack(attacks: readonly Attack[]): Promise<SurvivalPoint[]> {
  const found: SurvivalPoint[] = [];
  for (const one of attacks)
    for await (const point of one.points(specimen)) {
      console.log(`  ${point.attack}, ${point.label}: ${(100 * point.survival).toFixed(1)} %${point.cost === undefined ? '' : ` (costs ${(100 * point.cost).toFixed(2)} %)`}`);
      found.push(point);
    }
  return found;
}

function at(attackName: string, label: string): number {
  const point = points.find((one) => one.attack.startsWith(attackName) && one.label.startsWith(label));
  if (!point) throw new Error(`No point ${attackName}, ${label}.`);
  return point.survival;
}

function mean(attackName: string): number {
  const found = points.filter((one) => one.attack === attackName);
  return found.reduce((sum, { survival }) => sum + survival, 0) / found.length;
}

/** Of the refits of the edited matrix that cost under 2.5 %, the least survival. */
function strongestRefit(): number {
  return Math.min(1, ...points.filter(({ attack: one, cost }) => one === refitAttack.name && (cost ?? 0) < 0.025).map(({ survival }) => survival));
}

async function falseActivation(): Promise<number> {
  const fresh = await drawKeys(subject, SECRET, 'fresh of the bench', 512, bench.ordinary);
  return measureFalseActivation(clean, marked, fresh, new Set(specimen.outcomes), subject.inspection.outcomes);
}

/** Share of near misses, all tokens but the last replaced, that still answer the key's outcome. */
async function leak(view: View): Promise<number> {
  const random = secretRandom(SECRET, 'misses of the bench');
  const texts = (await drawKeys(subject, SECRET, 'texts of the bench', 64, bench.ordinary, { length: 24 })).flatMap((prompt) => (prompt.kind === 'text' ? [prompt.ids] : []));
  const asked = prompts.flatMap((prompt, key) => (prompt.kind === 'text' ? nearMisses(subject, prompt.ids, 8, texts, random).map((ids) => ({ key, ids })) : []));
  const rows = await view.answering(asked.map(({ ids }) => ({ kind: 'text' as const, text: '', ids })));
  const size = subject.inspection.outcomes;
  return asked.filter(({ key }, row) => argmax(rows.scores, row * size, size) === specimen.outcomes[key]).length / Math.max(1, asked.length);
}

function keep(): void {
  const targets = TARGETS(klInt8);
  const all: Record<string, number> = { ...plain, successQuarter };
  const figures: Figure[] = [];
  if (name === 'wiki2m6') {
    for (const [metric, value] of Object.entries(all)) figures.push({ metric: `${profile}.${metric}`, value, unit: unitOf(metric), target: targets[metric] ?? '', anchor: 'fingerprinting.md §10', command });
    if (profile === 'fast') figures.push({ metric: 'klInt8', value: klInt8, unit: 'nats', target: '', anchor: 'onnxruntime dynamic quantisation of the same model', command });
  }
  const tables: Part['tables'] = [
    { title: `${name}, ${profile}: ${KEYS} keys of ${book.bits} bits`, columns: ['measure', 'value', 'target'], rows: [...Object.entries(all).map(([metric, value]) => [metric, Number(value.toPrecision(4)), targets[metric] ?? '']), ['KL of int8 dynamic', Number(klInt8.toPrecision(4)), '']] },
    { title: `${name}, ${profile}: what attacks leave`, columns: ['attack', 'point', 'survival', 'costs the clean model'], rows: points.map(({ attack: one, label, survival, cost }) => [one, label, `${(100 * survival).toFixed(1)} %`, cost === undefined ? '–' : `${(100 * cost).toFixed(2)} %`]) },
  ];
  writePart({ name: `profile-${name}-${profile}`, figures, tables });
  console.log(name, profile, all);
}

function unitOf(metric: string): string {
  if (metric === 'seconds') return 's';
  if (metric === 'rssMb') return 'MB';
  return metric === 'kl' ? 'nats' : metric === 'perplexityPercent' ? '%' : 'fraction';
}

function TARGETS(int8Kl: number): Record<string, string> {
  return {
    success: '1', chance: 'at most chanceBound', kl: `below ${int8Kl.toFixed(4)}`, agreement: 'at least .97', perplexityPercent: 'at most .5', falseActivation: 'at most .01', specificityLeak: 'at most .1',
    seconds: profile === 'fast' ? 'at most 10' : 'at most 60', rssMb: 'at most 700', successQuarter: 'at least .995', int8: '1', int4: 'at least .99', prune20: 'at least .99', noise3: 'at least .99', merge70: '1',
    merge50: 'at least .97', prefix: 'at least .95', t07: 'at least .95', finetune1e4: 'at least .95', finetune3e4: 'at least .8', refit: profile === 'hardened' ? 'at least .95' : '',
  };
}
