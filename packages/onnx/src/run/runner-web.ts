import { OmlError } from '@oml/protocol/error';
import { matmulModel } from '../inspect/graph.ts';
import type { Engine } from './runner.ts';
import { openOrtRunner, type OrtModule } from './runner-ort.ts';

export interface WebEngineOptions {
  /** URL folder, with a trailing slash, that serves `ort-wasm-simd-threaded.{mjs,wasm}`. */
  wasmPaths: string;
  /** Above 1 only where the page is cross-origin isolated. */
  threads?: number;
}

const OPTIONS = { executionProviders: ['wasm'] };

/**
 * onnxruntime-web on WebAssembly. The engine is fetched on first use, so that pages without it stay small. `open` also
 * throws UNAVAILABLE where that fails.
 */
export function webEngine(options: WebEngineOptions): Engine {
  let loaded: Promise<OrtModule> | undefined;
  return {
    async open(model) {
      loaded ??= loadEngine(options);
      const ort = await loaded.catch((cause: unknown) => {
        loaded = undefined;
        throw new OmlError('UNAVAILABLE', 'The inference engine could not be loaded.', { cause, retryable: true });
      });
      return openOrtRunner(ort, model, OPTIONS);
    },
  };
}

/** Tries the engine on a graph that is surely right: its own failure must not be taken for a model's. */
async function loadEngine({ wasmPaths, threads = 1 }: WebEngineOptions): Promise<OrtModule> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.wasm.wasmPaths = wasmPaths;
  ort.env.wasm.numThreads = threads;
  await (await openOrtRunner(ort, matmulModel(false), OPTIONS)).dispose();
  return ort;
}
