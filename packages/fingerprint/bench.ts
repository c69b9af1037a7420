/** Prints what fingerprinting does to real models: `node packages/fingerprint/bench.ts [stories260k|wiki2m6|fable|mnist-lenet|digits …]`. */
import { nodeEngine } from '@oml/onnx/runner-node';
import { subjects, type BenchSubject } from './test-support/bench-subjects.ts';
import { deriveEdition, editionSubset, slotSeed } from './src/edition/edition.ts';
import { draftCodeBook } from './src/code-book/draft.ts';
import { embedFingerprints } from './src/embed/embed.ts';
import { deriveHex } from './src/code-book/secret.ts';
import { openSubject } from './src/subject/subject.ts';

const secret = new TextEncoder().encode(process.env['BENCH_SECRET'] ?? 'bench secret, not a real one');
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

async function bench(name: string, { files, commonCount, tracingCount, bits, ordinary, heldout }: BenchSubject): Promise<void> {
  const subject = openSubject(files, nodeEngine());
  const tracing = editionSubset({ slotSeed: slotSeed(secret, 0), hostSalt: deriveHex(secret, 'salt'), beacon: deriveHex(secret, 'beacon') }, tracingCount);
  const started = performance.now();
  const { book, statistics } = await draftCodeBook({ subject, secret, commonCount, tracingCount, bits, ordinary, ...override });
  const drafted = performance.now();
  const { report, prepared } = await embedFingerprints({ subject, secret, book, beacon: deriveHex(secret, 'beacon'), ordinary, heldout, tracing, statistics, ...override });
  const embedded = performance.now();
  deriveEdition(prepared, tracing);
  const row = {
    keys: `${commonCount} common, ${tracing.length} of ${tracingCount} tracing, ${bits} bits`,
    success: percent(report.success),
    unheld: percent(report.unheld),
    chance: `${percent(report.chance)} of at most ${percent(2 ** -bits)}`,
    loss: percent(report.harm.loss),
    before: report.harm.before.toFixed(4),
    kl: report.harm.kl.toFixed(4),
    agreement: percent(report.harm.agreement),
    falseActivation: percent(report.falseActivation),
    mergeWeight: report.mergeWeight,
    seconds: `draft ${((drafted - started) / 1000).toFixed(1)}, embed ${((embedded - drafted) / 1000).toFixed(1)}`,
    editionMs: (performance.now() - embedded).toFixed(0),
  };
  console.log(name, row);
}

const override = JSON.parse(process.env['BENCH_OPTIONS'] ?? '{}') as object;
const wanted = process.argv.slice(2);
for (const [name, open] of Object.entries(subjects)) if (wanted.length === 0 || wanted.includes(name)) {
  const subject = open();
  if (subject) await bench(name, { ...subject, ...override });
  else console.log(`${name}: files absent, skipped`);
}
