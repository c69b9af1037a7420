// The process of a model whose engine gives zeros for every Gemm.
import { faulty } from '@oml/onnx/test-support/faulty-engines';
import { serveModel } from '../src/engine/process-serve.ts';
import { servingEngine } from '../src/engine/serving-engine.ts';

await serveModel(process.argv[2]!, (bytes) => faulty(servingEngine(bytes), /^Gemm$/, (data) => data.fill(0)));
