import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readTokenizer } from '../run/tokenizer.ts';
import { textsOf } from './documents.ts';
import type { NamedFile } from './made-data.ts';
import { makeData, type DataTarget } from './make-data.ts';
import { readPreprocessing } from './preprocessing.ts';
import { passagesOf, Split } from './split.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const FABLE = new URL('../../../../models/fable/', import.meta.url);
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FABLE), 'utf8'));
const tokenizer = readTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
const language: DataTarget = { kind: 'language', tokenizer };

const stories = (from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `Tom and cat ${from + i} went to hill ${(from + i) * 7}. They were glad.`,
  ).join('\n\n');

describe('documents', () => {
  it('are read without their marks', () => {
    const html =
      '<html><head><title>t</title></head><body><h1>A &amp; B</h1><script>x()</script><p>one  two<br>three</p></body></html>';
    expect(textsOf(bytes(html), 'a.html')).toEqual(['A & B\n\none two\nthree']);
    expect(textsOf(bytes('---\nx: 1\n---\n# A\n\n*one* [two](http://x)\n'), 'a.md')).toEqual(['A\n\none two']);
    const lines =
      '{"text":"a"}\n\n"b"\n{"prompt":"c","completion":"d"}\n{"messages":[{"role":"user","content":"e"}]}\n';
    expect(textsOf(bytes(lines), 'a.jsonl')).toEqual(['a', 'b', 'c\nd', 'e']);
  });

  it('that are none are refused with the line', () => {
    expect(() => textsOf(bytes('{"text":"a"}\n{'), 'a.jsonl')).toThrow('a.jsonl, line 2 is no JSON');
    expect(() => textsOf(bytes('{"id":1}'), 'a.jsonl')).toThrow(/line 1 has no text/);
    expect(() => textsOf(Uint8Array.of(0xff, 0xfe, 0x41), 'a.txt')).toThrow(/not UTF-8/);
  });

  it('become tokens of two sides that share no passage, whatever their order', async () => {
    const files = Array.from({ length: 4 }, (_, i): NamedFile => ({
      name: `d/${i}.txt`,
      bytes: bytes(stories(i * 400, 400)),
    }));
    const made = await makeData([...files, files[0]!, { name: 'a.pdf', bytes: bytes('%PDF') }], language);
    const turned = await makeData(files.toReversed(), language);
    if (!('tokens' in made.heldout) || !('tokens' in turned.heldout)) throw new Error('no tokens');
    expect(made.report).toMatchObject({
      kind: 'text',
      skipped: [{ name: 'a.pdf' }],
      heldout: made.heldout.tokens.length,
    });
    expect(made.report.duplicates).toBeGreaterThan(0);
    expect(turned.heldout.tokens.toSorted()).toEqual(made.heldout.tokens.toSorted());
    const share = made.report.heldout / (made.report.heldout + made.report.ordinary);
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.4);
    expect(made.files.get('heldout.i32')!.length).toBe(4 * made.heldout.tokens.length);
    expect(tokenizer.decode([...made.ordinary.subarray(0, 40)])).toContain('Tom and cat');
  });

  it('of too few tokens say how many are missing', async () => {
    await expect(makeData([{ name: 'a.txt', bytes: bytes('one') }], language)).rejects.toThrow(/at least 20000/);
    const [file, signal] = [{ name: 'a.txt', bytes: bytes('one') }, AbortSignal.abort()];
    await expect(makeData([file], language, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('are cut into passages that join to the text', () => {
    const text = stories(0, 200);
    const passages = passagesOf(text);
    expect(passages.length).toBeGreaterThan(5);
    expect(Math.max(...passages.map(({ length }) => length))).toBeLessThan(2_400);
    expect(passages.join('\n\n')).toBe(text);
  });
});

const target = (inputDims: (number | null)[], more: object = {}): DataTarget => ({
  kind: 'classifier',
  inputDims,
  outcomes: 3,
  ...more,
});

/** So many different grey pictures. */
const pixels = (i: number, size: number) => Uint8Array.from({ length: size }, (_, p) => (i * 31 + p * p) % 251);

function idx(dims: number[], data: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(4 + 4 * dims.length));
  head.setUint8(2, 8);
  head.setUint8(3, dims.length);
  dims.forEach((dim, i) => head.setUint32(4 + 4 * i, dim));
  return Buffer.concat([new Uint8Array(head.buffer), data]);
}

describe('items', () => {
  it('from pictures in folders by class, whose names config.json orders', async () => {
    const files = Array.from({ length: 120 }, (_, i): NamedFile => {
      const data = pixels(i, 48);
      return {
        name: `set/${i % 2 ? 'cat' : 'dog'}/${i}.png`,
        bytes: encodePng({ width: 4, height: 4, channels: 3, data }),
      };
    });
    const preprocessing = { kind: 'image', colours: 'rgb', width: 2, height: 2, mean: [0.5], deviation: [0.5] };
    const classes = target([null, 3, 2, 2], {
      classNames: ['Cat', 'Dog', 'Cow'],
      preprocessing: readPreprocessing(preprocessing),
    });
    const made = await makeData(files, classes);
    if (!('labels' in made.heldout)) throw new Error('no labels');
    expect(made.report).toMatchObject({ kind: 'image', classes: { cat: 60, dog: 60 }, duplicates: 0 });
    expect(made.ordinary.length).toBe(made.report.ordinary * 12);
    expect(made.heldout.values.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(Math.min(...made.heldout.values)).toBeLessThan(0);
    expect([...new Set(made.heldout.labels)].toSorted()).toEqual([0, 1]);
    expect([...made.files.keys()]).toEqual(['ordinary.u8', 'heldout.u8', 'heldout.labels.u8', 'preprocessing.json']);
  });

  it('from gzipped IDX, with labels in a file of their own', async () => {
    const data = Uint8Array.from({ length: 150 * 16 }, (_, i) => (i * i * 7) % 253);
    const files = [
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: gzipSync(
          idx(
            [150],
            Uint8Array.from({ length: 150 }, (_, i) => i % 3),
          ),
        ),
      },
      { name: 'train-images-idx3-ubyte.gz', bytes: gzipSync(idx([150, 4, 4], data)) },
    ];
    const made = await makeData(files, target([1, 1, 4, 4]));
    expect(made.report).toMatchObject({ kind: 'image', classes: { 0: 50, 1: 50, 2: 50 } });
    expect(made.ordinary[1]).toBeCloseTo(made.files.get('ordinary.u8')![1]! / 255, 6);
    expect((await makeData(files, target([1, 1, 5, 5]))).ordinary.length % 25).toBe(0);
    const short = [{ ...files[0]!, bytes: idx([3], Uint8Array.of(0, 1, 2)) }, files[1]!];
    await expect(makeData(short, target([1, 1, 4, 4]))).rejects.toThrow(/150 items, and there are 3 labels/);
  });

  it('from tables, as numbers and as digits', async () => {
    const rows = Array.from({ length: 130 }, (_, i) => `${i / 8},${i * i},${i % 3}`);
    const made = await makeData(
      [{ name: 'a.csv', bytes: bytes(['a,b,class', ...rows].join('\n')) }],
      target([null, 2]),
    );
    expect(made.report).toMatchObject({ kind: 'features', classes: { 0: 44, 1: 43, 2: 43 } });
    expect(made.files.has('ordinary.f32')).toBe(true);
    const digits = Array.from({ length: 130 }, (_, i) => [i % 3, ...pixels(i, 4)].join(','));
    const pictures = [{ name: 'd.csv', bytes: bytes(['label,p0,p1,p2,p3', ...digits].join('\n')) }];
    expect((await makeData(pictures, target([null, 1, 2, 2]))).report.kind).toBe('image');
  });

  it.each([
    ['a gap', 'a,b,class\n1,,0\n', /row 2, column "b": "" is no number/],
    ['no header', '1,2,0\n3,4,1\n', /no header/],
    ['few rows', 'a,b,class\n1,2,0\n', /1 different items/],
  ])('from a table with %s are refused with what to do', async (_, text, reason) => {
    await expect(makeData([{ name: 'a.csv', bytes: bytes(text) }], target([null, 2]))).rejects.toThrow(reason);
  });

  it('of a class that the model has not are refused', async () => {
    const rows = Array.from({ length: 130 }, (_, i) => `${i},${i + 1},${i % 7}`);
    const file = { name: 'a.csv', bytes: bytes(['a,b,y', ...rows].join('\n')) };
    await expect(makeData([file], target([null, 2]))).rejects.toThrow(/class "3".*tells 3 apart/);
  });
});

describe('the split', () => {
  it('depends on the content alone', () => {
    const sides = (order: readonly number[]) => {
      const split = new Split();
      return new Map(order.map((i) => [i, split.sideOf(bytes(`piece ${i}`))]));
    };
    const order = Array.from({ length: 200 }, (_, i) => i);
    const [one, other] = [sides(order), sides(order.toReversed())];
    for (const i of order) expect(other.get(i)).toBe(one.get(i));
    expect([...one.values()].filter((side) => side === 'heldout').length).toBeGreaterThan(20);
  });
});
