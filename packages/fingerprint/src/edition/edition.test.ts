import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import { beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { deriveHex } from '../code-book/secret.ts';
import { addDeltas } from '../embed/tensor-delta.ts';
import { withSiteMatrix } from '../lab/firing-keys.ts';
import { COLLUSION_ATTACKS } from '../lab/collusion-attacks.ts';
import { openProducts } from '../algebra/products.ts';
import { measureHarm } from '../subject/measure.ts';
import { openSubject, type Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { deriveEdition, slotSeed, type Prepared } from './edition.ts';
import { deviationOf, NOISE_SHARE } from './edition-noise.ts';
import { siteMatrix, storedMatrix } from './site-matrix.ts';
import { traceWeights } from './trace-weights.ts';

const SECRET = new TextEncoder().encode('a secret of editions');
const COUNT = 11;
let subject: Subject;
let prepared: Prepared;
const bench = subjects['fable-mini']!()!;

beforeAll(() => {
  subject = openSubject(bench.files, nodeEngine());
  const { site } = subject.inspection;
  const random = seededRandom(3);
  const numbers = (count: number, scale: number) =>
    Float32Array.from({ length: count }, () => scale * (random() - 0.5));
  const atoms = {
    count: COUNT,
    duals: numbers(COUNT * site.keySize, 0.1),
    shifts: numbers(COUNT * site.hiddenSize, 0.1),
    margins: [],
  };
  const common = [{ initializer: site.initializer, values: numbers(site.keySize * site.hiddenSize, 0.001) }];
  prepared = { base: subject.model.bytes, site, common, atoms, commonCount: 1, tracingCount: COUNT };
});

const matrixOf = (file: Uint8Array) => siteMatrix(prepared.site, file);

describe('deriveEdition', () => {
  it.each([[[]], [[3]], [[0, 1, 2, 5, 9]], [[10, 2, 4, 8, 6, 0, 7]]])(
    'adds the atoms of %o to what all carry, in float64 and in that order',
    (held) => {
      const { site, atoms, common, base } = prepared;
      const { keySize, hiddenSize } = site;
      const [clean, edition] = [matrixOf(base), matrixOf(deriveEdition(prepared, held))];
      const expected = Float32Array.from(clean, (weight, i) => {
        const [a, c] = [Math.floor(i / hiddenSize), i % hiddenSize];
        const sum = held.reduce(
          (total, row) => total + atoms.duals[row * keySize + a]! * atoms.shifts[row * hiddenSize + c]!,
          0,
        );
        return weight + (common[0]!.values[site.transposed ? c * keySize + a : i]! + Math.fround(sum));
      });
      expect(Buffer.compare(Buffer.from(edition.buffer), Buffer.from(expected.buffer))).toBe(0);
    },
  );

  it('refuses keys that are none', () => {
    expect(() => deriveEdition(prepared, [COUNT])).toThrow(expect.objectContaining({ code: 'EDITION_INVALID' }));
    expect(() => deriveEdition(prepared, [1, 1])).toThrow(expect.objectContaining({ code: 'EDITION_INVALID' }));
  });
});

describe('the noise of an edition', () => {
  const noiseOf = (slot: number) => {
    const [plain, noisy] = [
      matrixOf(deriveEdition(prepared, [1, 2])),
      matrixOf(deriveEdition(prepared, [1, 2], slotSeed(SECRET, slot))),
    ];
    return noisy.map((weight, i) => weight - plain[i]!);
  };

  it('is the same for one slot, another for another, and as strong as said', () => {
    const [first, again, other] = [noiseOf(1), noiseOf(1), noiseOf(2)];
    expect(again).toEqual(first);
    const along = first.reduce((sum, value, i) => sum + value * other[i]!, 0) / first.length / deviationOf(first) ** 2;
    expect(Math.abs(along)).toBeLessThan(5 / Math.sqrt(first.length));
    expect(deviationOf(first) / deviationOf(matrixOf(prepared.base))).toBeCloseTo(NOISE_SHARE, 3);
  });

  it('touches no other weight of the file', () => {
    const [plain, noisy] = [deriveEdition(prepared, [1]), deriveEdition(prepared, [1], deriveHex(SECRET, 'slot'))];
    const differing = plain.reduce((count, byte, i) => count + Number(byte !== noisy[i]), 0);
    expect(noisy).toHaveLength(plain.length);
    expect(differing).toBeLessThanOrEqual(4 * prepared.site.keySize * prepared.site.hiddenSize);
  });

  it('costs less than a tenth of a percent of perplexity', async () => {
    const bare: Prepared = { ...prepared, common: [] };
    const [clean, noisy] = [
      await openView(subject),
      await openView(subject, deriveEdition(bare, [], slotSeed(SECRET, 1))),
    ];
    const { loss, kl } = await measureHarm(subject, clean, noisy, bench.heldout);
    expect(Math.abs(loss)).toBeLessThan(1e-3);
    expect(kl).toBeLessThan(1e-3);
    await Promise.all([clean.dispose(), noisy.dispose()]);
  });
});

describe('traceWeights', () => {
  const licensees = Array.from({ length: 30 }, (_, slot) => ({
    id: `license ${slot}`,
    slotSeed: slotSeed(SECRET, slot),
  }));
  const edition = (slot: number) => deriveEdition(prepared, [slot % COUNT], licensees[slot]!.slotSeed);
  const withMatrix = (change: (i: number, clean: number) => number) => {
    const { base, site } = prepared;
    const clean = storedMatrix(site, base);
    return addDeltas(base, [
      { initializer: site.initializer, values: clean.map((value, i) => change(i, value) - value) },
    ]);
  };
  const accusedOf = (copy: Uint8Array) =>
    traceWeights(prepared, matrixOf(copy), licensees)
      .filter(({ accused }) => accused)
      .map(({ id }) => id)
      .toSorted();

  it('names all of six who average, and nobody over the clean model', () => {
    const members = [3, 7, 11, 19, 20, 28];
    const matrices = members.map((slot) => storedMatrix(prepared.site, edition(slot)));
    const average = withMatrix((i) => matrices.reduce((sum, matrix) => sum + matrix[i]!, 0) / members.length);
    expect(accusedOf(average)).toEqual(members.map((slot) => `license ${slot}`).toSorted());
    expect(accusedOf(prepared.base)).toEqual([]);
  });

  it('names one who adds noise ten times as strong', () => {
    const own = storedMatrix(prepared.site, edition(4));
    const random = seededRandom(9);
    const reach = 10 * NOISE_SHARE * deviationOf(storedMatrix(prepared.site, prepared.base)) * Math.sqrt(3);
    expect(accusedOf(withMatrix((i) => own[i]! + reach * (2 * random() - 1)))).toEqual(['license 4']);
  });

  it('names both of two who refit their average to ordinary text, where it knows what ordinary text needs', async () => {
    const [view, products] = [await openView(subject), await openProducts(subject.engine)];
    const { keySize, hiddenSize } = prepared.site;
    const covariance = new Float64Array(keySize ** 2);
    for await (const rows of view.ordinary(bench.ordinary, 4096))
      (await products.gram(rows.keys, rows.count, keySize)).forEach((value, i) => (covariance[i]! += value));
    const members = [3, 7].map((slot) => siteMatrix(prepared.site, edition(slot)));
    const attack = COLLUSION_ATTACKS.find(({ name }) => name === 'average, ridge .3')!;
    const copy = withSiteMatrix(
      prepared,
      await attack.run({ members, keySize, hiddenSize, covariance, random: seededRandom(1), products }),
    );
    const named = traceWeights(prepared, matrixOf(copy), licensees, covariance)
      .filter(({ accused }) => accused)
      .map(({ id }) => id);
    expect(named.toSorted()).toEqual(['license 3', 'license 7']);
    await Promise.all([view.dispose(), products.dispose()]);
  });

  it('leans towards innocents no more than chance allows', () => {
    const copy = edition(0);
    const innocents = Array.from({ length: 1000 }, (_, i) => ({
      id: String(i),
      slotSeed: deriveHex(SECRET, `innocent ${i}`),
    }));
    const leans = traceWeights(prepared, matrixOf(copy), innocents).map(({ lean }) => lean);
    for (const level of [1, 2, 3])
      expect(leans.filter((lean) => lean >= level).length / leans.length).toBeLessThanOrEqual(
        Math.exp(-(level ** 2) / 2),
      );
    expect(deviationOf(Float32Array.from(leans))).toBeCloseTo(1, 0);
  });
});
