// The process of one model: everything that the engine computes is computed here.
import { serveModel } from './process-serve.ts';
import { servingEngine } from './serving-engine.ts';

await serveModel(process.argv[2]!, servingEngine);
