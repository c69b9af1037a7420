import { nodeEngine } from '@oml/onnx/runner-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { draftCodeBook } from '../code-book/draft.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { openPresence } from '../edition/atom-presence.ts';
import { deriveEdition, editionSubset, slotSeed } from '../edition/edition.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import { traceCopy, type Suspect } from '../edition/trace.ts';
import { traceGraded } from '../edition/trace-graded.ts';
import { embedFingerprints } from '../embed/embed.ts';
import { openProducts, type Products } from '../algebra/products.ts';
import { readoutOf } from '../subject/readout.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { COLLUSION_ATTACKS as KNOWN_ATTACKS, differenceBasis, ridge } from './collusion-attacks.ts';
import { firingInFile, firingKeys, openKeyring, withSiteMatrix } from './firing-keys.ts';
import { OWN_COLLUSION_ATTACKS } from './collusion-own-attacks.ts';
import { runTrials, type TrialOptions } from './collusion-trials.ts';

const SECRET = new TextEncoder().encode('a secret of colluding tests');
const HOLD = 0.5;
const COLLUSION_ATTACKS = [...KNOWN_ATTACKS, ...OWN_COLLUSION_ATTACKS];
let base: Omit<TrialOptions, 'attack' | 'size' | 'trials'>;
let products: Products;
let inFile: (matrix: Float32Array) => ReturnType<typeof firingInFile>;

beforeAll(async () => {
  const { files, ordinary, heldout } = subjects['fable-mini']!()!;
  const subject = openSubject(files, nodeEngine());
  const beacon = deriveHex(SECRET, 'beacon');
  const { book, statistics } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount: 2,
    tracingCount: 40,
    bits: 1,
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
  const view = await openView(subject);
  const selections = selectAnswers(book, beacon);
  const keyring = await openKeyring(view, prepared, book, selections, readoutOf(subject));
  await view.dispose();
  products = await openProducts(subject.engine);
  const licensees = Array.from({ length: 12 }, (_, slot) => ({
    id: `license ${slot}`,
    slotSeed: slotSeed(SECRET, slot),
    subset: editionSubset(
      { slotSeed: slotSeed(SECRET, slot), hostSalt: deriveHex(SECRET, `host ${slot}`), beacon },
      40,
      HOLD,
    ),
  }));
  inFile = (matrix) => firingInFile(subject, prepared, book, selections, matrix);
  const { covariance } = statistics.ordinary;
  const presenceIn = await openPresence({ prepared, rows: keyring.rows, products, covariance });
  base = { prepared, keyring, covariance, presenceIn, licensees, holdChance: HOLD, products, seed: SECRET };
});
afterAll(() => products.dispose());

const attackNamed = (name: string) => COLLUSION_ATTACKS.find((attack) => attack.name === name)!;

describe('runTrials', () => {
  it('sees keys that both colluders hold survive an average, and keys that nobody holds stay silent', async () => {
    const { firing, innocentsTested } = await runTrials({
      ...base,
      attack: attackNamed('average'),
      size: 2,
      trials: 3,
    });
    expect(firing[2]).toBe(1);
    expect(firing[0]).toBeLessThan(0.1);
    expect(innocentsTested).toBe(30);
  });

  it('sees shared keys survive where the span of the differences is cut out', async () => {
    const { firing } = await runTrials({
      ...base,
      attack: attackNamed('span of the differences cut out'),
      size: 2,
      trials: 3,
    });
    expect(firing[1]).toBeLessThan(0.2);
    expect(firing[2]).toBeGreaterThan(0.8);
  });

  it.each(COLLUSION_ATTACKS.map(({ name }) => name))(
    'yields finite matrices and accuses no innocent: %s',
    async (name) => {
      const attack = attackNamed(name);
      const summary = await runTrials({ ...base, attack, size: Math.max(2, attack.least), trials: 1 });
      expect(summary.innocentsAccused).toBe(0);
      expect(summary.firing.every((share) => share >= 0 && share <= 1)).toBe(true);
    },
    60_000,
  );
});

it('reads off the matrices what the written file answers', async () => {
  let checked = 0;
  for (const name of ['average', 'average, ridge 1', 'random mix per weight']) {
    const onAttacked = async (matrix: Float32Array, fired: readonly boolean[]) => {
      expect((await inFile(matrix)).fired).toEqual(fired);
      checked += 1;
    };
    await runTrials({ ...base, attack: attackNamed(name), size: 2, trials: 1, onAttacked });
  }
  expect(checked).toBe(3);
});

describe('openPresence', () => {
  const edition = (slot: number) =>
    deriveEdition(base.prepared, base.licensees[slot]!.subset, base.licensees[slot]!.slotSeed);
  const presenceIn = (file: Uint8Array) => base.presenceIn(siteMatrix(base.prepared.site, file));
  const within = (found: readonly number[], held: (key: number) => number) =>
    Math.max(...found.map((share, key) => Math.abs(share - held(key))));
  const holds = (slot: number, key: number) => Number(base.licensees[slot]!.subset.includes(key));

  it('finds all of each atom that an edition holds, and none of the others', async () => {
    expect(within(await presenceIn(edition(3)), (key) => holds(3, key))).toBeLessThan(0.25);
    expect(within(await presenceIn(base.prepared.base), () => 0)).toBeLessThan(0.25);
  });

  it('finds half of what one of two holds in their average', async () => {
    const { site } = base.prepared;
    const [a, b] = [siteMatrix(site, edition(3)), siteMatrix(site, edition(4))];
    const copy = withSiteMatrix(
      base.prepared,
      a.map((value, i) => (value + b[i]!) / 2),
    );
    expect(within(await presenceIn(copy), (key) => (holds(3, key) + holds(4, key)) / 2)).toBeLessThan(0.25);
  });

  it('names the source of a refit that has silenced too many keys for answers to name it', async () => {
    const { prepared, keyring, covariance, licensees } = base;
    const { keySize, hiddenSize } = prepared.site;
    const refit = await ridge(
      { members: [], keySize, hiddenSize, covariance, random: Math.random, products },
      siteMatrix(prepared.site, edition(3)),
      3,
    );
    const accused = (suspects: readonly Suspect[]) => suspects.filter((suspect) => suspect.accused).map(({ id }) => id);
    expect(accused(traceCopy(await firingKeys(keyring, refit, products), licensees, HOLD))).toEqual([]);
    expect(accused(traceGraded(await base.presenceIn(refit), licensees, HOLD))).toEqual(['license 3']);
  });

  it('refuses a file that lacks the matrix', () => {
    expect(() => siteMatrix(base.prepared.site, subjects['digits']!()!.files.model)).toThrow(
      expect.objectContaining({ code: 'EDITION_INVALID' }),
    );
  });
});

describe('differenceBasis', () => {
  it('spans what differs and is orthogonal to what is shared', () => {
    const member = (own: number) =>
      Float32Array.from({ length: 12 }, (_, i) => (i < 3 ? 7 : 0) + (Math.floor(i / 3) === own ? 1 : 0));
    const basis = differenceBasis({ members: [member(1), member(2)], keySize: 4, hiddenSize: 3 });
    expect(basis).toHaveLength(1);
    expect([...basis[0]!].map((value) => Math.abs(value))).toEqual([
      0,
      expect.closeTo(Math.SQRT1_2, 6),
      expect.closeTo(Math.SQRT1_2, 6),
      0,
    ]);
  });
});
