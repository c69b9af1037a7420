import * as ort from 'onnxruntime-node';
import { openOrtRunner } from './runner-ort.ts';
import type { Engine } from './runner.ts';

const SESSION = {
  /** Threads that wait for work sleep instead of spinning: a host's cores belong to others between two layers. */
  intra_op: { allow_spinning: '0' },
  /**
   * Constant int8 weights become uint8 where the CPU would add two u8 × s8 products in 16 bits (x86 without VNNI): the
   * integers stay the same, and so do answers from one host to the next. Elsewhere it does nothing.
   */
  x64quantprecision: '1',
};

/** onnxruntime-node on the CPU; `threads` defaults to what the engine thinks best. */
export function nodeEngine({ threads }: { threads?: number } = {}): Engine {
  const options = threads === undefined ? {} : { intraOpNumThreads: threads };
  return {
    open: (model) =>
      openOrtRunner(ort, model, { executionProviders: ['cpu'], extra: { session: SESSION }, ...options }),
  };
}
