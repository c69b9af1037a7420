/**
 * Marks files that others made, each on inputs drawn at random (its own data are not at hand), and says of every one
 * what came of it: node packages/fingerprint/bench/third-party.ts [--help]
 */
import { openModelFiles, readModelAt } from '@oml/onnx/file/node-files';
import { examineModel } from '@oml/onnx/inspect/examine';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { isOmlError } from '@oml/protocol/error';
import { headMatches } from '@oml/protocol/evidence/head';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { capacityOf } from '../src/code-book/capacity.ts';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { embedFingerprints } from '../src/embed/embed.ts';
import { itemShape } from '../src/subject/classifier-view.ts';
import { openSubject, type Subject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { writePart } from './part.ts';

const HELP = `npm run third-party -w packages/fingerprint [-- --write]

Tries the files of bench/third-party.json: those of npm packages, which it fetches, and those of repositories in the
folder that THIRD_PARTY_FOLDER names, as OWNER+NAME/path. What is not there is skipped, in words.

  --write  records it in docs/benchmarks/fingerprint.{json,md}
  --help   this text`;

interface Listed {
  /** npm: NAME@VERSION, or github: OWNER/NAME. */
  source: string;
  path: string;
  sha256: string;
  /** What is wrong with a refusal, where it could be marked by what is known. */
  wrongly?: string;
}

type Outcome = 'marked' | 'shown' | 'refused' | 'absent';
interface Tried {
  file: Listed;
  outcome: Outcome;
  said: string;
}

const SECRET = new TextEncoder().encode('bench secret, not a real one');
const BEACON = deriveHex(SECRET, 'beacon');
const ITEMS = 600;
const MOST_KEYS = 8;
/** Statistics of a last layer take the cube of either side. */
const MOST_KEY_SIZE = 4_096;
const MOST_CLASSES = 2_048;
const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'third-party.json'), 'utf8')) as Listed[];

const flag = { type: 'boolean', default: false } as const;
const { write, help } = parseArgs({ options: { write: flag, help: flag } }).values;
if (help) {
  console.log(HELP);
  process.exit(0);
}
const scratch = mkdtempSync(join(tmpdir(), 'oml-third-party-'));
try {
  const tried: Tried[] = [];
  for (const file of listed) {
    const one = { file, ...(await tryFile(file)) };
    tried.push(one);
    console.log(`${one.outcome.padEnd(8)} ${file.source} ${file.path}: ${one.said}`);
  }
  if (write) {
    record(tried.filter(({ outcome }) => outcome !== 'absent'));
    await import('./join.ts');
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function tryFile(file: Listed): Promise<{ outcome: Outcome; said: string }> {
  const path = placeOf(file);
  if (!path || !existsSync(path)) return { outcome: 'absent', said: 'not here: see --help' };
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (digest !== file.sha256) return { outcome: 'absent', said: `another file, ${digest}` };
  try {
    const files = await openModelFiles(path);
    const { finding, reason, inspection } = await examineModel(files, { engine: nodeEngine() }).finally(() =>
      files.close(),
    );
    if (!inspection || finding !== 'proven') return { outcome: 'refused', said: reason ?? finding };
    if (inspection.kind === 'language')
      return {
        outcome: 'shown',
        said: `proven: a language model, vocabulary ${inspection.outcomes}; no tokenizer here`,
      };
    const { keySize, hiddenSize } = inspection.site;
    if (keySize > MOST_KEY_SIZE || hiddenSize > MOST_CLASSES)
      return { outcome: 'shown', said: `proven; statistics of ${keySize} × ${hiddenSize} take longer than this waits` };
    return await mark(openSubject({ model: (await readModelAt(path)).bytes }, nodeEngine()));
  } catch (error) {
    if (!isOmlError(error)) throw error;
    return { outcome: 'refused', said: `${error.code}: ${error.message}` };
  }
}

/** Where a file lies; packages are fetched once each. */
function placeOf({ source, path }: Listed): string | undefined {
  const [kind, name = ''] = source.split(':');
  const folder = process.env['THIRD_PARTY_FOLDER'];
  if (kind === 'github') return folder && join(folder, name.replace('/', '+'), path);
  const home = join(scratch, name.replace(/[@/]/g, '_'));
  if (!existsSync(home)) {
    try {
      execFileSync('npm', ['install', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund', name], {
        cwd: scratch,
        stdio: 'ignore',
      });
    } catch {
      return undefined;
    }
  }
  return join(home, 'node_modules', name.slice(0, name.lastIndexOf('@')), path);
}

/** As many keys as do no harm, eight at most, asked of the written file. */
async function mark(subject: Subject): Promise<{ outcome: Outcome; said: string }> {
  const { outcomes, site } = subject.inspection;
  const commonCount = Math.max(1, Math.min(MOST_KEYS, capacityOf({ site }).harmless));
  const random = seededRandom(1);
  const size = itemShape(subject).reduce((product, dim) => product * dim, 1);
  const items = Math.max(ITEMS, 2 * outcomes);
  const draw = () => Float32Array.from({ length: items * size }, () => random());
  const [ordinary, values] = [draw(), draw()];
  const { book, statistics } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount,
    tracingCount: 0,
    bits: outcomes > 4 ? 2 : 1,
    ordinary,
  });
  const { model, report } = await embedFingerprints({
    subject,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary,
    heldout: { values, labels: new Uint8Array(items) },
    statistics,
    // What random inputs show is no harm that anybody meets.
    maxLoss: 1,
  });
  const view = await openView(subject, model);
  const heads = await view.heads(book.keys.map(({ prompt }) => prompt)).finally(() => view.dispose());
  const held = selectAnswers(book, BEACON).filter(({ candidate }, i) => headMatches(heads[i]!, candidate)).length;
  const said = `${held} of ${commonCount} keys, likeliest class unchanged for ${(100 * report.harm.agreement).toFixed(1)} %`;
  return { outcome: held === commonCount ? 'marked' : 'refused', said };
}

function record(tried: readonly Tried[]): void {
  const count = (outcome: Outcome) => tried.filter((one) => one.outcome === outcome).length;
  const wrongly = tried.filter(({ file, outcome }) => outcome === 'refused' && file.wrongly !== undefined);
  const figure = (metric: string, value: number, target: string) => ({
    metric,
    value,
    unit: 'files',
    target,
    anchor: 'real files by others, by source and digest in packages/fingerprint/bench/third-party.json',
    command: 'npm run third-party -w packages/fingerprint -- --write',
  });
  writePart({
    name: 'third-party',
    figures: [
      figure('files.tried', tried.length, '≥ 40'),
      figure('files.marked', count('marked'), ''),
      figure('files.refusedWrongly', wrongly.length, '0'),
    ],
    tables: [
      {
        title: 'Files that others made',
        columns: ['source', 'file', 'SHA-256', 'outcome', 'said'],
        rows: tried.map(({ file, outcome, said }) => [
          file.source.replace(/^github:/, ''),
          file.path,
          file.sha256.slice(0, 16),
          file.wrongly !== undefined && outcome === 'refused' ? `refused, wrongly: ${file.wrongly}` : outcome,
          said.replaceAll('|', '\\|'),
        ]),
        note:
          'Marked: its keys are drafted, embedded and answered by the written file. Ordinary inputs are drawn at ' +
          'random, since the files come without data: agreement is on those. Shown: the site is proven on the ' +
          'running model; no tokenizer is at hand to draft keys with, or its last layer is too large for this bench.',
      },
    ],
  });
}
