import { readModel } from '@oml/onnx/model-file';
import { measuredOnNode } from '@oml/onnx/run/measured-on-node';
import { nodeEngine } from '@oml/onnx/runner-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { draftCodeBook } from '../code-book/draft.ts';
import { selectAnswers } from '../code-book/select.ts';
import { embedFingerprints } from '../embed/embed.ts';
import { openSubject } from '../subject/subject.ts';
import { OmlError } from '@oml/protocol/error';
import { labPage } from './lab-page.ts';
import { labReport, labReportSchema } from './lab-report.ts';
import { outputAttacks } from './output-attacks.ts';
import { plannedSurvival, QUICK_ATTACKS, runLab } from './run-lab.ts';
import type { Specimen, SurvivalPoint } from './specimen.ts';
import { weightAttack } from './weight-attacks.ts';

const SECRET = new TextEncoder().encode('attack lab secret of a test');
const BEACON = `0x${'3c'.repeat(32)}` as const;
let language: Specimen;
let classifier: Specimen;

beforeAll(async () => {
  [language, classifier] = [await specimen('fable-mini', 12), await specimen('digits', 8)];
});

async function specimen(name: string, commonCount: number): Promise<Specimen> {
  const { files, ordinary, heldout } = subjects[name]!()!;
  const clean = openSubject(files, nodeEngine());
  const { book, statistics } = await draftCodeBook({
    subject: clean,
    secret: SECRET,
    commonCount,
    tracingCount: 0,
    bits: 2,
    ordinary,
  });
  const { model } = await embedFingerprints({
    subject: clean,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary,
    heldout,
    statistics,
  });
  const selections = selectAnswers(book, BEACON);
  const [candidates, outcomes] = [selections.map((s) => s.candidate), selections.map((s) => s.outcome)];
  return {
    name,
    clean,
    marked: readModel(model),
    prompts: book.keys.map((key) => key.prompt),
    candidates,
    outcomes,
    ordinary,
    heldout,
  };
}

const named = (...names: string[]) => QUICK_ATTACKS.filter(({ name }) => names.includes(name));

describe('runLab', () => {
  it('finds rounding harmless and a total merge deadly, and says what each costs', async () => {
    const report = await runLab({
      specimen: language,
      attacks: named('rounding', 'linear merge with the clean model', 'magnitude pruning'),
    });
    const at = (label: string) => report.points.find((point) => point.label === label)!;
    expect(report).toMatchObject({ version: 1, model: 'fable-mini', keys: 12, untouched: 1 });
    expect(at('float16')).toMatchObject({ survival: 1, cost: expect.closeTo(0, 2) });
    expect(at('int8, per column').survival).toBe(1);
    expect(at('70 % clean').survival).toBeLessThan(at('10 % clean').survival + 1e-9);
    expect(at('70 % clean').cost).toBeUndefined();
    expect(at('prune 50 %').cost!).toBeGreaterThan(at('prune 10 %').cost!);
    expect(labReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('runs every quick attack that fits a classifier', async () => {
    const report = await runLab({ specimen: classifier });
    const attacks = new Set(report.points.map(({ attack }) => attack));
    expect([...attacks]).toEqual(
      QUICK_ATTACKS.filter(({ name }) => !/aligned|prompt|unseen|look-ahead|perplexity|second/.test(name)).map(
        ({ name }) => name,
      ),
    );
    for (const { survival, label } of report.points) expect(survival, label).toBeGreaterThanOrEqual(0);
    expect(report.survival).toBeLessThanOrEqual(report.untouched);
  });

  it('leaves out what cannot be done to a model, and hides no other failure', async () => {
    const failing = (error: Error) =>
      weightAttack('rounding', 'failing', [
        {
          strength: 1,
          label: 'fails',
          apply: () => {
            throw error;
          },
        },
        { strength: 2, label: 'nothing', apply: (model) => model },
      ]);
    const report = await runLab({
      specimen: classifier,
      attacks: [failing(new OmlError('MODEL_UNSUPPORTED', 'an old operator set'))],
    });
    expect(report.points.map(({ label }) => label)).toEqual(['nothing']);
    await expect(runLab({ specimen: classifier, attacks: [failing(new TypeError('a mistake'))] })).rejects.toThrow(
      'a mistake',
    );
  });

  it('asks through wrappers, samplers and filters', async () => {
    const report = await runLab({
      specimen: language,
      attacks: [...named('prompt wrappers', 'perplexity filter', 'look-ahead suppression'), ...outputAttacks],
    });
    const of = (attack: string) => report.points.filter((point) => point.attack === attack);
    expect(of('prompt wrappers')).toHaveLength(2);
    expect(of('perplexity filter').map(({ survival }) => survival)).toEqual(
      of('perplexity filter')
        .map(({ survival }) => survival)
        .sort((a, b) => b - a),
    );
    expect(of('top-1 suppression, first answer').at(-1)).toMatchObject({
      label: 'always drops the likeliest',
      survival: 0,
    });
    expect(of('temperature')[0]!.survival).toBeGreaterThan(of('temperature').at(-1)!.survival);
    expect(report.points.some(({ attack }) => attack.includes('second'))).toBe(false);
  });

  it('shows the second answer of a pair where the first is always dropped', async () => {
    const report = await runLab({
      specimen: { ...language, seconds: language.outcomes.map((outcome) => (outcome + 1) % 512) },
      attacks: outputAttacks,
    });
    expect(report.points.filter(({ attack }) => attack.includes('second'))).toHaveLength(3);
  });

  it('forges claims against the clean model where it is asked to', async () => {
    const report = await runLab({
      specimen: classifier,
      attacks: named('rounding'),
      forgedBatches: 200,
      measuredOn: measuredOnNode(),
    });
    expect(labPage(report)).toContain(`Measured on ${report.measuredOn!.engine}`);
    expect(report.forged).toHaveLength(12);
    expect(labReport.parse(report)).toEqual(report);
    expect(labPage(report)).toContain('<h2>Forged claims</h2>');
  });

  it('stops when told to', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(
      runLab({ specimen: language, attacks: named('rounding'), signal: abort.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('plannedSurvival', () => {
  const point = (family: SurvivalPoint['family'], survival: number, cost?: number): SurvivalPoint => ({
    family,
    attack: 'a',
    strength: 1,
    label: 'l',
    survival,
    ...(cost === undefined ? {} : { cost }),
  });

  it('counts attacks that cost their author under five per cent', () => {
    expect(plannedSurvival(1, [point('pruning', 0.9, 0.01), point('pruning', 0.2, 0.06)])).toBe(0.9);
    expect(plannedSurvival(0.8, [point('prompt', 0.95)])).toBe(0.8);
    expect(plannedSurvival(1, [point('suppression', 0), point('merging', 0.97)])).toBe(0.97);
  });
});

describe('labPage', () => {
  const report = labReport.parse({
    version: 1,
    model: '<b>evil</b>',
    kind: 'language',
    keys: 4,
    untouched: 1,
    survival: 0.75,
    points: [{ family: 'noise', attack: 'noise', strength: 1, label: '1 %', survival: 0.75, cost: 0.001 }],
  });

  it('plots each attack, also for those who cannot see it', () => {
    const page = labPage(report);
    expect(page).toContain('aria-label="noise: 1 %: 75 % survive, costs 0.1 %"');
    expect(page).toContain('s = 0.75');
  });

  it('never lets a model name become markup', () => {
    expect(labPage(report)).not.toContain('<b>evil');
  });

  it('has a schema for other languages', () => {
    expect(labReportSchema()).toMatchObject({
      type: 'object',
      required: expect.arrayContaining(['points', 'survival']),
    });
  });
});
