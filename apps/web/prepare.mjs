// onnxruntime-web loads its WebAssembly and the loader beside it as static files.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const target = join(import.meta.dirname, 'public/ort');
mkdirSync(target, { recursive: true });
for (const file of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs'])
  cpSync(join(dist, file), join(target, file));
