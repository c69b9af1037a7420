import type { Engine } from './runner.ts';
import { openOrtRunner } from './runner-ort.ts';

export interface WebEngineOptions {
  /** URL folder, with a trailing slash, that serves `ort-wasm-simd-threaded.{mjs,wasm}`. */
  wasmPaths: string;
  /** Above 1 only where the page is cross-origin isolated. */
  threads?: number;
}

/** onnxruntime-web on WebAssembly. The engine is fetched on first use, so that pages without it stay small. */
export function webEngine({ wasmPaths, threads = 1 }: WebEngineOptions): Engine {
  return {
    async open(model) {
      const ort = await import('onnxruntime-web/wasm');
      ort.env.wasm.wasmPaths = wasmPaths;
      ort.env.wasm.numThreads = threads;
      return openOrtRunner(ort, model, { executionProviders: ['wasm'] });
    },
  };
}
