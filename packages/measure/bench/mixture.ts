/** How near the shares of training texts come that a tokenizer's merges tell, over many tokenizers trained here. */
import { pieceCutter } from '@oml/onnx/tokens/encoder';
import { readForm } from '@oml/onnx/tokens/form';
import { seededRandom } from '@oml/onnx/seeded-random';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCategories } from '../src/mixture/category-texts.ts';
import { highsSolver, type LinearSolver } from '../src/mixture/mixture-program.ts';
import { mixtureOf } from '../src/mixture/tokenizer-mixture.ts';
import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { COMMAND } from './command.ts';
import { trainByCounts } from './train-by-counts.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MERGES = 300;
const CATEGORIES = 5;
/** Apache-2.0; its messages stand there in 13 languages. */
const MESSAGES = 'typescript@5.9.3';

/** Lines of text by category. */
type Corpus = Record<string, string[]>;

export async function mixtureRows(): Promise<ReportRow[]> {
  const solver = await highsSolver();
  const languages = naturalLanguages();
  const code = codeAndDocuments();
  const command = `${COMMAND} -- mixture --write`;
  const target = '≤ -4 for 5 categories';
  const row = (metric: string, value: number, anchor: string): ReportRow => ({
    metric: `measure.tokenizer-mixture.${metric}`,
    value: Number(value.toFixed(2)),
    unit: 'log10 of the mean squared error, mean over tokenizers',
    target,
    anchor,
    command,
  });
  return [
    row(
      'languages',
      meanError(languages, 50, 'apart', solver),
      '50 tokenizers; trained on one half of the lines, told by the other',
    ),
    row('languagesSameTexts', meanError(languages, 10, 'same', solver), '10 tokenizers; told by the very lines'),
    row(
      'codeAndDocuments',
      meanError(code, 20, 'apart', solver),
      '20 tokenizers; of this repository, half against half',
    ),
  ];
}

function meanError(corpus: Corpus, tokenizers: number, halves: 'same' | 'apart', solver: LinearSolver): number {
  let sum = 0;
  for (let seed = 1; seed <= tokenizers; seed++) {
    const error = errorOf(corpus, seed, halves, solver);
    console.log(`tokenizer ${seed}: ${error.toFixed(2)}`);
    sum += error;
  }
  return sum / tokenizers;
}

/** log10 of the mean squared error of one tokenizer's shares, drawn evenly from all that sum to one. */
function errorOf(corpus: Corpus, seed: number, halves: 'same' | 'apart', solver: LinearSolver): number {
  const random = seededRandom(seed);
  const names = Object.keys(corpus)
    .map((name) => [random(), name] as const)
    .toSorted()
    .slice(0, CATEGORIES)
    .map(([, name]) => name)
    .toSorted();
  const drawn = names.map(() => -Math.log(1 - random()));
  const truth = drawn.map((each) => each / drawn.reduce((sum, other) => sum + other, 0));
  const [texts, samples] = [[] as { text: string; weight: number }[], new Map<string, Uint8Array>()];
  for (const [c, name] of names.entries()) {
    const [own, other]: [string[], string[]] = [[], []];
    for (const line of corpus[name]!) (random() < 0.5 ? own : other).push(`${line}\n`);
    const text = own.join('');
    texts.push({ text, weight: (truth[c]! / Buffer.byteLength(text)) * 1e6 });
    samples.set(`${name}.txt`, Buffer.from(halves === 'same' ? text : other.join('')));
  }
  const form = readForm(trainByCounts(texts, MERGES));
  const chunks = readCategories(samples, pieceCutter(form)).map((category) => category.chunks);
  const shares = mixtureOf({ form, chunks, limit: MERGES, solver });
  return Math.log10(shares.reduce((sum, share, c) => sum + (share - truth[c]!) ** 2, 0) / CATEGORIES);
}

function naturalLanguages(): Corpus {
  const folder = mkdtempSync(join(tmpdir(), 'oml-messages-'));
  try {
    execFileSync('npm', ['pack', MESSAGES, '--silent', '--pack-destination', folder], { stdio: 'ignore' });
    const [tarball] = readdirSync(folder);
    execFileSync('tar', ['xzf', tarball!, '--wildcards', 'package/lib/*/diagnosticMessages.generated.json'], {
      cwd: folder,
    });
    const files = globSync('package/lib/*/*.json', { cwd: folder });
    return Object.fromEntries(
      files.map((file) => [
        file.split('/')[2]!,
        Object.values(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function codeAndDocuments(): Corpus {
  const patterns = {
    typescript: 'packages/{onnx,fingerprint}/src/**/*.ts',
    solidity: 'contracts/{src,test}/**/*.sol',
    documents: 'docs/**/*.md',
    tables: 'prisma/**/*.{sql,prisma}',
    python: 'models/**/*.py',
    pages: 'apps/web/src/**/*.tsx',
  };
  return Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => [
      name,
      globSync(pattern, { cwd: ROOT })
        .toSorted()
        .flatMap((file) => readFileSync(join(ROOT, file), 'utf8').split('\n')),
    ]),
  );
}
