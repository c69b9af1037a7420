import { encode as encodePng } from 'fast-png';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { readData } from './data.ts';
import { openOwnSubject } from './model.ts';

const MODELS = new URL('../../../models/', import.meta.url).pathname;
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'oml-data-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function oml(...argv: string[]) {
  const told = { code: -1, out: '', err: '' };
  const write = (text: string) => void (told.out += text);
  told.code = await runCli(argv, { write, tell: (text) => (told.err += text), isTerminal: false });
  return told;
}

const story = (i: number): string =>
  `Tom and cat ${i} went to hill ${i * 7}. They were glad, and it was day ${i % 30}.`;

describe('oml data make', () => {
  it('makes tokens of a folder of documents', async () => {
    const [docs, out] = [join(folder, 'docs'), join(folder, 'tokens')];
    await mkdir(join(docs, 'more'), { recursive: true });
    const part = (from: number) => Array.from({ length: 450 }, (_, i) => story(from + i));
    await writeFile(join(docs, 'a.txt'), part(0).join('\n'));
    await writeFile(join(docs, 'more/b.md'), `# Stories\n\n${part(450).join('\n\n')}`);
    await writeFile(
      join(docs, 'c.jsonl'),
      part(900)
        .map((text) => JSON.stringify({ text }))
        .join('\n'),
    );
    await writeFile(join(docs, 'picture.bin'), 'x');
    const made = await oml('data', 'make', docs, '--model', join(MODELS, 'fable-mini'), '--out', out, '--json');
    expect(made).toMatchObject({ code: 0, err: '' });
    const report = JSON.parse(made.out) as { ordinary: number; heldout: number; skipped: { name: string }[] };
    expect(report.skipped).toEqual([{ name: 'picture.bin', reason: expect.any(String) }]);
    expect((await readFile(join(out, 'ordinary.i32'))).length).toBe(4 * report.ordinary);
    expect((await readFile(join(out, 'heldout.i32'))).length).toBe(4 * report.heldout);
    const again = await oml('data', 'make', docs, '--model', join(MODELS, 'fable-mini'), '--out', out);
    expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/CONFLICT: .*ordinary\.i32.*--force/) });
  });

  it('makes items of pictures in folders by class, which oml file fingerprint reads', async () => {
    const [pictures, out] = [join(folder, 'pictures'), join(folder, 'digits')];
    const [pixels, labels] = [
      await readFile(join(MODELS, 'digits/heldout.u8')),
      await readFile(join(MODELS, 'digits/heldout.labels.u8')),
    ];
    for (let i = 0; i < 300; i++) {
      await mkdir(join(pictures, String(labels[i])), { recursive: true });
      const data = new Uint8Array(pixels.subarray(i * 784, (i + 1) * 784));
      await writeFile(join(pictures, `${labels[i]}/${i}.png`), encodePng({ width: 28, height: 28, channels: 1, data }));
    }
    const made = await oml('data', 'make', pictures, '--model', join(MODELS, 'digits'), '--out', out);
    expect(made).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ordinary {4}\d+ items\n.*\nclasses {5}0 \d+, 1 /),
    });
    expect(JSON.parse(await readFile(join(out, 'preprocessing.json'), 'utf8'))).toMatchObject({
      kind: 'image',
      width: 28,
    });
    await cp(join(MODELS, 'digits/model.onnx'), join(out, 'model.onnx'));
    const { ordinary, heldout } = await readData(await openOwnSubject(out), out, undefined);
    if (!('labels' in heldout)) throw new Error('no labels');
    expect([ordinary.length % 784, heldout.values.length]).toEqual([0, heldout.labels.length * 784]);
    expect(Math.max(...heldout.values)).toBe(1);
  });

  it('says what to bring where there is too little, or nothing that is read', async () => {
    const model = ['--model', join(MODELS, 'digits'), '--out', join(folder, 'none')];
    await writeFile(join(folder, 'few.csv'), 'a,label\n1,2\n');
    expect(await oml('data', 'make', join(folder, 'few.csv'), ...model)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^REQUEST_INVALID: few\.csv .*\[1, 28, 28\]/),
    });
    await writeFile(join(folder, 'a.mp3'), 'ID3');
    expect(await oml('data', 'make', join(folder, 'a.mp3'), ...model)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/at least 100.*a\.mp3: neither PNG/),
    });
    expect(await oml('data', 'make', join(folder, 'nowhere'), ...model)).toMatchObject({ code: 1 });
  });
});
