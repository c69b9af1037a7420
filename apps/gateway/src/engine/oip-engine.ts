import type { ClassifierFacts } from '@oml/onnx/model-facts';
import type { Classification } from '@oml/onnx/classifier';
import { argmax, softmax } from '@oml/onnx/sampling';
import { z } from 'zod';
import { askEngine, engineFailed } from './backend-http.ts';
import type { OipBackend } from './backends.ts';
import type { ClassifierEngine } from './engine.ts';

const named = z.object({ name: z.string().min(1).max(200), datatype: z.string() });
const metadata = z.object({ inputs: z.array(named).min(1), outputs: z.array(named).min(1) });
const answer = z.object({ outputs: z.array(named.extend({ shape: z.array(z.int()), data: z.array(z.unknown()) })) });

/** Tensors nest as deep as shapes have dims. */
const DEEPEST = 8;
/** Rounding of float32 sums. */
const SUM_ERROR = 1e-3;

interface TensorNames {
  input: string;
  output: string;
}

/** A classifier that another engine runs, behind the Open Inference Protocol, version 2. */
export function oipEngine(
  { inputDims, classes, preprocessing }: ClassifierFacts,
  backend: OipBackend,
): ClassifierEngine {
  const path = `/v2/models/${encodeURIComponent(backend.model)}`;
  let names: Promise<TensorNames> | undefined;
  const readNames = () => {
    names ??= readTensorNames(backend, path).catch((error: unknown) => {
      names = undefined;
      throw error;
    });
    return names;
  };
  return {
    kind: 'classifier',
    inputDims,
    classes,
    preprocessing,
    givesFeatures: false,
    async classify({ shape, data }) {
      const { input, output } = await readNames();
      const body = {
        inputs: [{ name: input, datatype: 'FP32', shape, data: Array.from(data) }],
        outputs: [{ name: output }],
      };
      return classificationOf(await askEngine(backend, { path: `${path}/infer`, body }), output, classes);
    },
    dispose: async () => {},
  };
}

async function readTensorNames(backend: OipBackend, path: string): Promise<TensorNames> {
  const { input, output } = backend;
  // Some servers list no tensors.
  if (input !== undefined && output !== undefined) return { input, output };
  const { success, data } = metadata.safeParse(await askEngine(backend, { path }));
  if (!success) throw engineFailed('does not say which tensors it takes: name them in BACKENDS');
  return {
    input: pick(data.inputs, input, 'input'),
    output: pick(data.outputs, output, 'output'),
  };
}

function pick(tensors: z.output<typeof named>[], wanted: string | undefined, what: string): string {
  const fitting = tensors.filter(({ name, datatype }) => datatype === 'FP32' && (wanted ?? name) === name);
  if (fitting.length === 1) return fitting[0]!.name;
  throw engineFailed(`has ${fitting.length} tensors of FP32 that may be its ${what}: name one in BACKENDS`);
}

function classificationOf(body: unknown, output: string, classes: number): Classification {
  const found = answer.safeParse(body).data?.outputs.find(({ name }) => name === output);
  const scores = found?.data.flat(DEEPEST);
  if (found?.datatype !== 'FP32' || scores?.length !== classes || !scores.every(isScore))
    throw engineFailed(`gave something else than ${classes} scores`);
  const sum = scores.reduce((total, score) => total + score, 0);
  const isChances = scores.every((score) => score >= 0) && Math.abs(sum - 1) < SUM_ERROR;
  return { label: argmax(scores), probabilities: isChances ? scores : [...softmax(scores)] };
}

const isScore = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
