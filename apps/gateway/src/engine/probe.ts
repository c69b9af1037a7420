import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Logger } from '@oml/service/logger';
import type { ModelEngine } from './engine.ts';

const PROBE_MS = 30_000;
const SUM_ERROR = 1e-3;

interface Probed {
  model: string;
  engine: ModelEngine;
}

/** Engines that answered a call of the gateway's own. */
export interface Probes {
  /** Tries those that have not answered yet. */
  look(): Promise<void>;
  /** Throws UNAVAILABLE for a model whose engine has not answered yet. */
  check(model: string): void;
  /** Has a model tried again, and not served until then, if its engine was what failed. */
  failed(model: string, error: unknown): void;
  /** Throws UNAVAILABLE where a model is not served yet, saying which and why. */
  checkAll(): void;
}

/** Nothing is served before {@link Probes.look} tried it. */
export function createProbes(models: readonly Probed[], logger: Logger): Probes {
  const waiting = new Map(models.map(({ model }) => [model, 'it was not tried yet']));
  const tryOne = async ({ model, engine }: Probed) => {
    try {
      await probe(engine);
      waiting.delete(model);
      logger.info({ model }, 'the engine answers');
    } catch (error) {
      const why = isOmlError(error) ? error.message : 'The engine failed.';
      if (waiting.get(model) !== why) logger.error({ err: error, model }, 'the engine does not answer its test');
      waiting.set(model, why);
    }
  };
  return {
    look: async () => void (await Promise.all(models.filter(({ model }) => waiting.has(model)).map(tryOne))),
    check(model) {
      const why = waiting.get(model);
      if (why !== undefined)
        throw new OmlError('UNAVAILABLE', `${model} is not served yet. ${why} Nothing was paid.`, {
          retryable: true,
          details: { retryAfter: 10 },
        });
    },
    failed(model, error) {
      if (isOmlError(error) && error.code === 'UNAVAILABLE') waiting.set(model, error.message);
    },
    checkAll() {
      const why = [...waiting].map(([model, because]) => `${model}: ${because}`);
      if (why.length > 0) throw new OmlError('UNAVAILABLE', why.join(' '));
    },
  };
}

/** One token, or one tensor of zeros. Throws UNAVAILABLE, and what the engine throws. */
async function probe(engine: ModelEngine): Promise<void> {
  if (engine.kind === 'classifier') return probeClassifier(engine);
  const promptText = '.';
  const cut = engine.tokenizer.encode(promptText);
  const prompt = cut.length > 0 ? cut : [0];
  const signal = AbortSignal.timeout(PROBE_MS);
  for await (const event of engine.complete({ prompt, promptText, maxTokens: 1, temperature: 0, signal }))
    if (event.type === 'end') return;
  throw new OmlError('UNAVAILABLE', "The model's engine ends without an end.");
}

async function probeClassifier(engine: Extract<ModelEngine, { kind: 'classifier' }>): Promise<void> {
  const shape = engine.inputDims.map((dim) => dim ?? 1);
  shape[0] = 1;
  const data = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
  const { probabilities } = await engine.classify({ shape, data });
  const sum = probabilities.reduce((total, chance) => total + chance, 0);
  if (probabilities.length !== engine.classes || !(Math.abs(sum - 1) < SUM_ERROR))
    throw new OmlError('UNAVAILABLE', "The model's engine gives chances that do not add up to one.");
}
