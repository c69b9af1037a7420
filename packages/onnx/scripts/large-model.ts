/**
 * Writes a Llama of about 1.1 billion random weights with external data, to try how large models are handled. Nothing
 * of it is committed.
 * `node packages/onnx/scripts/large-model.ts <folder> [--format float16] [--layers 19] [--size 2048] [--inner 5632]
 * [--heads 32] [--vocabulary 32000] [--context 512]`
 */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BILLION, largeLlama, type LargeShape } from '../test-support/large-llama.ts';

const NUMBERS = ['layers', 'size', 'inner', 'heads', 'vocabulary', 'context'] as const;
const option = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { format: option, ...Object.fromEntries(NUMBERS.map((name) => [name, option])) },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Name the folder that the model is to be written into.');
const given = values as Partial<Record<keyof LargeShape, string>>;
const numbers = Object.fromEntries(
  NUMBERS.flatMap((name) => (given[name] === undefined ? [] : [[name, Number(given[name])]])),
);
const { model, location, parameters, chunks } = largeLlama({
  ...BILLION,
  ...numbers,
  format: given.format === 'float16' ? 'float16' : 'float32',
});

await mkdir(folder, { recursive: true });
const data = await open(join(folder, location), 'w');
try {
  for (const chunk of chunks()) await data.write(chunk);
} finally {
  await data.close();
}
await writeFile(join(folder, 'model.onnx'), model);
console.log(`${parameters} weights in ${folder}`);
