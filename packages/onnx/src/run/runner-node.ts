import * as ort from 'onnxruntime-node';
import { openOrtRunner } from './runner-ort.ts';
import type { Engine } from './runner.ts';

/** Threads that wait for work sleep instead of spinning: a host's cores belong to others between two layers. */
const SLEEP = { session: { intra_op: { allow_spinning: '0' } } };

/** onnxruntime-node on the CPU; `threads` defaults to what the engine thinks best. */
export function nodeEngine({ threads }: { threads?: number } = {}): Engine {
  const options = threads === undefined ? {} : { intraOpNumThreads: threads };
  return { open: (model) => openOrtRunner(ort, model, { executionProviders: ['cpu'], extra: SLEEP, ...options }) };
}
