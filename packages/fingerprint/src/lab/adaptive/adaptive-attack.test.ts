import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { softmax } from '@oml/onnx/sampling';
import { seededRandom } from '@oml/onnx/seeded-random';
import { describe, expect, it } from 'vitest';
import { subjects } from '../../../test-support/bench-subjects.ts';
import { draftCodeBook } from '../../code-book/draft.ts';
import { selectAnswers } from '../../code-book/select.ts';
import { embedFingerprints } from '../../embed/embed.ts';
import { openSubject } from '../../subject/subject.ts';
import { labReport } from '../lab-report.ts';
import { runLab } from '../run-lab.ts';
import type { Specimen, SurvivalPoint } from '../specimen.ts';
import { adaptiveAttack, COSTS, survivalWithin, WATCHED, watchedAttack, type Tried } from './adaptive-attack.ts';
import { accuracyUnder, compare } from './contrast.ts';

const SECRET = new TextEncoder().encode('adaptive attack secret of a test');
const BEACON = `0x${'5d'.repeat(32)}` as const;

async function specimen(name: string, commonCount: number): Promise<Specimen> {
  const { files, ordinary, heldout } = subjects[name]!()!;
  const clean = openSubject(files, nodeEngine());
  const wishes = { subject: clean, secret: SECRET, ordinary };
  const { book, statistics } = await draftCodeBook({ ...wishes, commonCount, tracingCount: 0, bits: 2 });
  const { model } = await embedFingerprints({ ...wishes, book, beacon: BEACON, heldout, statistics });
  const selections = selectAnswers(book, BEACON);
  return {
    name,
    clean,
    marked: readModel(model),
    prompts: book.keys.map((key) => key.prompt),
    candidates: selections.map((s) => s.candidate),
    outcomes: selections.map((s) => s.outcome),
    ordinary,
    heldout,
  };
}

describe('compare', () => {
  const random = seededRandom(8);
  const [rows, outcomes] = [5, 7];
  const scores = () => Float32Array.from({ length: rows * outcomes }, () => 6 * random());
  const [a, c] = [
    { keys: scores(), tracing: scores(), text: scores() },
    { keys: scores(), tracing: scores(), text: scores() },
  ];
  const truth = [3, -1, 0, 6, 2];
  const served = (row: number, push: number, slack: number) =>
    Float32Array.from({ length: outcomes }, (_, j) => {
      const at = row * outcomes + j;
      return a.text[at]! - push * Math.max(0, a.text[at]! - c.text[at]! - slack);
    });

  it.each([
    [0, 0],
    [1, 0.5],
    [8, 1.5],
    [32, 0.25],
  ])('knows without all scores what they give: push %d, slack %d', (push, slack) => {
    const logs = truth.flatMap((outcome, row) =>
      outcome < 0 ? [] : [Math.log(softmax(served(row, push, slack), 0, outcomes)[outcome]!)],
    );
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    expect(compare(a, c, truth).logUnder({ push, slack })).toBeCloseTo(mean, 5);
    const right = truth.filter((outcome, row) => {
      const row_ = served(row, push, slack);
      return outcome >= 0 && row_.every((score) => score <= row_[outcome]!);
    });
    expect(accuracyUnder(a, c, truth, { push, slack })).toBe(right.length / truth.length);
  });
});

describe('survivalWithin', () => {
  const point = (family: SurvivalPoint['family'], survival: number, cost?: number): SurvivalPoint => ({
    family,
    attack: 'a',
    strength: 1,
    label: 'l',
    survival,
    ...(cost === undefined ? {} : { cost }),
  });

  it('is the least over all that costs no more, and 1 where nothing was tried', () => {
    const points = [point('refit', 0.8, 0.01), point('adaptive', 0.1, 0.04), point('suppression', 0)];
    expect(COSTS.map((most) => survivalWithin(points, most))).toEqual([0.8, 0.8, 0.1, 0.1]);
    expect(survivalWithin([], 0.05)).toBe(1);
  });
});

describe('a host that adapts', () => {
  it('leaves of the fast profile less than any careless change, and never more for more', async () => {
    const report = await runLab({ specimen: await specimen('fable-mini', 12), attacks: [adaptiveAttack] });
    const left = report.within!.map(({ survival }) => survival);
    expect(report.within!.map(({ cost }) => cost)).toEqual([...COSTS]);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    // So small a model pays dearly for every refit; wiki2m6 loses all for 1 % (bench/adaptive.ts).
    expect(left[3]).toBeLessThan(1);
    expect(report.survival).toBeLessThanOrEqual(left[2]!);
    for (const { cost, strength, label } of report.points) expect(cost, label).toBeLessThanOrEqual(strength);
    expect(labReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('is tried on classifiers too, whose cost is in points of accuracy', async () => {
    const points: SurvivalPoint[] = [];
    const tried: Tried[] = [];
    const watching = watchedAttack(async (one) => void tried.push(one));
    const subject = await specimen('digits', 8);
    const watched = { ...subject, tracing: subject.prompts.slice(0, 3) };
    for await (const point of watching.points(watched)) points.push(point);
    expect(new Set(points.map(({ attack }) => attack)).size).toBeGreaterThan(3);
    expect(survivalWithin(points, 0.1)).toBeLessThan(1);
    // Whoever watches sees what each copy and contrast that costs little answers to other keys, and its files.
    expect(tried[0]).toMatchObject({ label: 'as it is', cost: 0, models: [subject.marked] });
    expect(tried.some(({ label, models }) => label.includes(' against ') && models.length === 2)).toBe(true);
    for (const { cost, scores } of tried) {
      expect(cost).toBeLessThanOrEqual(WATCHED);
      expect(scores).toHaveLength(3 * subject.clean.inspection.outcomes);
    }
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    abort.abort();
    const run = async () => {
      for await (const _ of adaptiveAttack.points(await specimen('digits', 4), abort.signal));
    };
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
