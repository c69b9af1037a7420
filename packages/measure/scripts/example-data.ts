// The data of docs/guides/measurements.md, out of what lies in the repository: node
// packages/measure/scripts/example-data.ts FOLDER
import { readTextFiles } from '@oml/onnx/model-folder';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shiftedImages } from '../test-support/shifted-items.ts';

const ROOT = join(import.meta.dirname, '../../..');
const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('node packages/measure/scripts/example-data.ts FOLDER');
  process.exit(2);
}

function write(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(join(folder!, path)), { recursive: true });
  writeFileSync(join(folder!, path), contents);
}

const texts = (pattern: string): string =>
  globSync(pattern, { cwd: ROOT })
    .toSorted()
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');

/** The stories of a token stream of fable. */
async function stories(name: string): Promise<string[]> {
  const { tokenizer } = await readTextFiles(join(ROOT, 'models/fable'));
  const bytes = new Uint8Array(readFileSync(join(ROOT, `models/fable/${name}.i32`)));
  const told: number[][] = [[]];
  for (const id of new Int32Array(bytes.buffer)) {
    if (tokenizer.endIds.has(id)) told.push([]);
    else told.at(-1)!.push(id);
  }
  return told.map((ids) => tokenizer.decode(ids)).filter((text) => text.length > 100);
}

const fables = await stories('ordinary');
write('mixture/fables.txt', fables.join('\n\n'));
write('mixture/guides.md', texts('docs/{guides,decisions}/*.md'));
write('mixture/solidity.sol', texts('contracts/src/**/*.sol'));
write('mixture/typescript.ts', texts('packages/{protocol,onnx}/src/**/*.ts'));

const [pixels, labels] = ['heldout.u8', 'heldout.labels.u8'].map(
  (name) => new Uint8Array(readFileSync(join(ROOT, 'models/digits', name))),
);
const shifted = shiftedImages(pixels!, 28, { most: 7, noise: 160, seed: 1 });
const half = labels!.length >> 1;
write('calibration/heldout.u8', shifted.subarray(0, half * 784));
write('calibration/heldout.labels.u8', labels!.subarray(0, half));
write('calibration/test.u8', shifted.subarray(half * 784));
write('calibration/test.labels.u8', labels!.subarray(half));
