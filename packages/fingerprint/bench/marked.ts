import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { deriveEdition } from '../src/edition/edition.ts';
import { solveEmbedding } from '../src/embed/embed.ts';
import { draftWishes, embedWishes, PROFILES, type Profile } from '../src/harden/profile.ts';
import type { Attack, Specimen, SurvivalPoint } from '../src/lab/specimen.ts';
import { openSubject } from '../src/subject/subject.ts';
import { subjects } from '../test-support/bench-subjects.ts';

export const SECRET = new TextEncoder().encode('bench secret, not a real one');
const BEACON = deriveHex(SECRET, 'beacon');

/** A model of the bench by the arguments of a command: MODEL fast|hardened. */
export function openNamed([name = 'wiki2m6', profileName = 'fast']: readonly string[]) {
  const profile = PROFILES.find((one) => one === profileName);
  if (!profile) throw new Error(`Unknown profile ${profileName}: ${PROFILES.join(' or ')}.`);
  const bench = subjects[name]?.();
  if (!bench) throw new Error(`The files of ${name} are absent.`);
  const subject = openSubject(bench.files, nodeEngine());
  /** The 64 keys of the targets; never more than d_ff/16. */
  const keys = Math.max(4, Math.min(64, Math.floor(subject.inspection.site.keySize / 16)));
  return { name, profile, bench, subject, keys };
}

export type Named = ReturnType<typeof openNamed>;

/** Drafts and embeds common keys alone, and says what that took. */
export async function mark(
  { name, profile, bench, subject }: { name: string; profile: Profile } & Pick<Named, 'bench' | 'subject'>,
  commonCount: number,
) {
  const { ordinary, heldout, bits } = bench;
  const started = performance.now();
  const { book, statistics, geometry } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount,
    tracingCount: 0,
    bits,
    ordinary,
    ...draftWishes(profile, subject),
  });
  const { prepared } = await solveEmbedding({
    subject,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary,
    statistics,
    geometry,
    mergeWeight: 0.5,
    ...embedWishes(profile, { subject, ordinary, secret: SECRET }),
  });
  const file = deriveEdition(prepared, []);
  const seconds = (performance.now() - started) / 1000;
  const selections = selectAnswers(book, BEACON);
  const specimen: Specimen = {
    name,
    clean: subject,
    marked: readModel(file),
    prompts: book.keys.map(({ prompt }) => prompt),
    candidates: selections.map((s) => s.candidate),
    outcomes: selections.map((s) => s.outcome),
    ordinary,
    heldout,
  };
  return { file, book, specimen, seconds, rssMb: process.resourceUsage().maxRSS / 1024 };
}

/** Runs attacks and tells what is left after each. */
export async function runAttacks(specimen: Specimen, attacks: readonly Attack[]): Promise<SurvivalPoint[]> {
  const found: SurvivalPoint[] = [];
  for (const one of attacks.filter((attack) => attack.fits(specimen)))
    for await (const point of one.points(specimen)) {
      console.log(
        `  ${point.attack}, ${point.label}: ${(100 * point.survival).toFixed(1)} %${point.cost === undefined ? '' : ` (costs ${(100 * point.cost).toFixed(2)} %)`}`,
      );
      found.push(point);
    }
  return found;
}

/** Survival at one point; NaN where the attack cannot be made on this model. */
export function at(points: readonly SurvivalPoint[], attack: string, label: string): number {
  return points.find((one) => one.attack.startsWith(attack) && one.label.startsWith(label))?.survival ?? NaN;
}

/** What attacks left, as a table of the page. */
export function survivalTable(title: string, points: readonly SurvivalPoint[]) {
  return {
    title,
    columns: ['attack', 'point', 'survival', 'costs the clean model'],
    rows: points.map(({ attack, label, survival, cost }) => [
      attack,
      label,
      `${(100 * survival).toFixed(1)} %`,
      cost === undefined ? '–' : `${(100 * cost).toFixed(2)} %`,
    ]),
  };
}
