import { readModel, type OnnxModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { haveSharedModels } from '@oml/onnx/test-support/shared-models';
import { headMatches } from '@oml/protocol/evidence/head';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { disguises } from '../../test-support/disguises.ts';
import { openProducts } from '../algebra/products.ts';
import { draftCodeBook } from '../code-book/draft.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { openPresence } from '../edition/atom-presence.ts';
import { deriveEdition, editionSubset, slotSeed } from '../edition/edition.ts';
import { sharedMatrix } from '../edition/residual.ts';
import { traceGraded } from '../edition/trace-graded.ts';
import { traceWeights } from '../edition/trace-weights.ts';
import { embedFingerprints } from '../embed/embed.ts';
import { covarianceOf } from '../subject/covariance-of.ts';
import { cutWindows } from '../subject/language-view.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { openSuspect } from '../suspect/open-suspect.ts';
import { alignSuspect, type AlignedMatrix } from './align-suspect.ts';

const SECRET = new TextEncoder().encode('a secret of aligned tests');
const HOLD = 0.5;
const TRACING = 64;
const beacon = deriveHex(SECRET, 'beacon');
const licensees = Array.from({ length: 12 }, (_, slot) => ({
  id: `license ${slot}`,
  slotSeed: slotSeed(SECRET, slot),
  subset: editionSubset(
    { slotSeed: slotSeed(SECRET, slot), hostSalt: deriveHex(SECRET, `host ${slot}`), beacon },
    TRACING,
    HOLD,
  ),
}));
const GUILTY = licensees[3]!;

/** One model with its release, and the edition of the guilty. */
async function open(name: string, tracingCount = TRACING) {
  const { files, ordinary, heldout } = subjects[name]!()!;
  const subject = openSubject(files, nodeEngine());
  const products = await openProducts(subject.engine);
  const { book, statistics } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount: 8,
    tracingCount,
    bits: 2,
    ordinary,
  });
  const { prepared } = await embedFingerprints({
    subject,
    secret: SECRET,
    book,
    beacon,
    ordinary,
    heldout,
    statistics,
    maxLoss: 1,
  });
  const covariance = await covarianceOf(subject.model, subject, ordinary, products);
  const view = await openView(subject);
  const rows = await view.answering(book.keys.slice(book.commonCount).map(({ prompt }) => prompt));
  await view.dispose();
  const presenceIn = await openPresence({ prepared, rows, products, covariance });
  const questions = cutWindows(subject, Int32Array.from(ordinary), 2048);
  const held = GUILTY.subset.filter((key) => key < tracingCount);
  const edition = readModel(deriveEdition(prepared, held, GUILTY.slotSeed));
  return { subject, products, book, prepared, covariance, presenceIn, questions, edition };
}
type Opened = Awaited<ReturnType<typeof open>>;

async function look({ subject, products, book, prepared, questions }: Opened, model: OnnxModel) {
  const common = book.keys.slice(0, book.commonCount).map(({ prompt }) => prompt);
  const suspect = await openSuspect(subject, model.bytes, common);
  try {
    const heads = await suspect.heads(common);
    const selections = selectAnswers(book, beacon);
    const aligned = await alignSuspect({ subject, reference: sharedMatrix(prepared), suspect, questions, products });
    return { answers: heads.filter((head, i) => headMatches(head, selections[i]!.candidate)).length, aligned };
  } finally {
    await suspect.dispose();
  }
}

async function accusedOf({ prepared, covariance, presenceIn }: Opened, [best]: AlignedMatrix[]) {
  const accused = (suspects: readonly { id: string; accused: boolean }[]) =>
    suspects.filter((suspect) => suspect.accused).map(({ id }) => id);
  return {
    atoms: accused(traceGraded(await presenceIn(best!.matrix), licensees, HOLD)),
    noise: accused(traceWeights(prepared, best!.matrix, licensees, covariance)),
  };
}

const disguised = async ({ edition, products }: Opened, ...names: string[]): Promise<OnnxModel> => {
  let model = edition;
  for (const name of names) model = await disguises[name]!(model, products);
  return model;
};

const NAMES = Object.keys(disguises);
const [RENAMED, NEURONS, SCALES, PERMUTED, ROTATED] = NAMES as [string, string, string, string, string];
/** Folding comes first: it reads float32 graphs of known tensors. */
const COMBINED = [
  [NEURONS, SCALES, RENAMED],
  [ROTATED, NEURONS, 'float16'],
  [PERMUTED, SCALES, 'int8 behind DequantizeLinear'],
  [ROTATED, SCALES, 'int8, integer products'],
  [ROTATED, 'int4, MatMulNBits', RENAMED],
];

describe('a disguised edition of fable-mini', () => {
  let opened: Opened;
  beforeAll(async () => void (opened = await open('fable-mini')));
  afterAll(() => opened.products.dispose());

  it.each(
    [[], ...NAMES.map((name) => [name]), ...COMBINED].map((names) => ({ names, label: names.join(' + ') || 'none' })),
  )('answers, is brought back and traced: $label', async ({ names }) => {
    const { answers, aligned } = await look(opened, await disguised(opened, ...names));
    expect(answers).toBe(8);
    expect(aligned).toHaveLength(1);
    expect(aligned[0]!.cosine).toBeGreaterThan(0.95);
    expect(await accusedOf(opened, aligned)).toEqual({ atoms: [GUILTY.id], noise: [GUILTY.id] });
  });

  it('knows which neurons stand in their places', async () => {
    const [[plain], [permuted]] = [
      (await look(opened, opened.edition)).aligned,
      (await look(opened, await disguised(opened, NEURONS))).aligned,
    ];
    expect(plain!.inPlace).toBe(256);
    expect(permuted!.inPlace).toBeLessThan(10);
  });

  it('accuses nobody over the clean model', async () => {
    const { answers, aligned } = await look(opened, opened.subject.model);
    expect(answers).toBeLessThan(3);
    expect(await accusedOf(opened, aligned)).toEqual({ atoms: [], noise: [] });
  });

  it('finds nothing of itself in a file of another kind', async () => {
    const { model } = subjects['digits']!()!.files;
    await expect(openSuspect(opened.subject, model, [])).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });
});

describe.skipIf(!haveSharedModels)('a disguised edition of wiki2m6', () => {
  let opened: Opened;
  // Too few keys to name anybody: the noise does.
  beforeAll(async () => void (opened = await open('wiki2m6', 2)));
  afterAll(() => opened.products.dispose());

  it('answers, is brought back and traced: rotated, neurons permuted, int8 behind DequantizeLinear', async () => {
    const copy = await disguised(opened, ROTATED, NEURONS, 'int8 behind DequantizeLinear');
    const { answers, aligned } = await look(opened, copy);
    expect(answers).toBeGreaterThanOrEqual(7);
    expect(aligned[0]!.cosine).toBeGreaterThan(0.95);
    const noise = traceWeights(opened.prepared, aligned[0]!.matrix, licensees, opened.covariance);
    expect(noise.filter(({ accused }) => accused).map(({ id }) => id)).toEqual([GUILTY.id]);
  });
});
