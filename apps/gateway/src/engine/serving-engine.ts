import { nodeEngine } from '@oml/onnx/runner-node';
import type { Engine } from '@oml/onnx/runner';

/** A smaller model computes faster on one core than shared out among several. */
const ONE_CORE_BYTES = 2 ** 26;

/** The engine that serves a model of so many bytes. */
export const servingEngine = (bytes: number): Engine => nodeEngine(bytes <= ONE_CORE_BYTES ? { threads: 1 } : {});
