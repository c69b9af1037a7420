import * as ort from 'onnxruntime-node';
import { openOrtRunner } from './runner-ort.ts';
import type { Engine } from './runner.ts';

/** onnxruntime-node on the CPU; `threads` defaults to what the engine thinks best. */
export function nodeEngine({ threads }: { threads?: number } = {}): Engine {
  const options = threads === undefined ? {} : { intraOpNumThreads: threads };
  return { open: (model) => openOrtRunner(ort, model, { executionProviders: ['cpu'], ...options }) };
}
