import { existsSync, readFileSync } from 'node:fs';
import { TensorProto_DataType } from 'onnx-buf';
import { readModel } from '../../src/file/model-file.ts';
import { storeWeights } from '../../src/rewrite/round.ts';
import { haveSharedModels, imageFiles, languageFiles } from '../shared-models.ts';
import { tinyClassifier, tinyLanguageModel } from '../tiny-models.ts';
import { withConstantNodes } from '../net.ts';
import { bertModel, fusedBertModel } from './encoder.ts';
import { fusedGptModel, gptModel, neoxModel } from './gpt.ts';
import { cachedLlamaModel, genaiLlamaModel, rotaryLlamaModel } from './llama.ts';

/** Graphs that this project built by hand to the documented shape of an exporter's; their weights are random. */
export const handBuilt: Record<string, () => Uint8Array> = {
  'an MLP classifier': () => tinyClassifier(),
  'a language model without attention': () => tinyLanguageModel(),
  'a GPT with biases, flattened products and tied head': gptModel,
  'a GPT-NeoX with parallel branches': neoxModel,
  'a GPT after fusion': fusedGptModel,
  'a Llama with a cache, written out': cachedLlamaModel,
  'a Llama with fused rotary embedding': rotaryLlamaModel,
  'a Llama of fused operators with a cache': () => genaiLlamaModel(),
  'a Llama of fused operators in float16': () => genaiLlamaModel({ floatType: TensorProto_DataType.FLOAT16 }),
  'a Llama with a cache and Constant nodes': () => withConstantNodes(cachedLlamaModel()),
  'a GPT with Constant nodes': () => withConstantNodes(gptModel()),
  'a BERT classifier': bertModel,
  'a BERT classifier after fusion': fusedBertModel,
  'a GPT with float16 weights behind casts': () => storeWeights(readModel(gptModel()), 'float16').bytes,
  'a Llama with bfloat16 weights behind casts': () => storeWeights(readModel(cachedLlamaModel()), 'bfloat16').bytes,
};

const own = (name: string) => new URL(`../../../../models/${name}/model.onnx`, import.meta.url);

/** Trained models that are at hand. */
export const trained: Record<string, () => Uint8Array> = {
  ...Object.fromEntries(
    ['fable-mini', 'digits']
      .filter((name) => existsSync(own(name)))
      .map((name) => [name, () => new Uint8Array(readFileSync(own(name)))]),
  ),
  ...(haveSharedModels
    ? {
        stories260k: () => languageFiles('stories260k').model,
        wiki2m6: () => languageFiles('wiki2m6').model,
        'mnist-lenet': () => imageFiles().model,
      }
    : {}),
};
