import { isOmlError, OmlError } from '@oml/protocol/error';
import type { GraphProto, ModelProto, NodeProto } from 'onnx-buf';
import { MAX_NESTING } from '../file/tensors-of.ts';
import type { Engine, Tensor } from '../run/runner.ts';
import { FLOAT_RECIPES } from './recipes-float.ts';
import { INTEGER_RECIPES } from './recipes-integer.ts';
import type { Trial, Tried } from './trial.ts';

/** What an engine makes of the operators that a file uses, beside plain arithmetic. */
export interface EngineTest {
  /** Right, by name. */
  right: string[];
  /** Wrong: which, and how. */
  wrong: { operator: string; why: string }[];
  /** Operators that no trial is known for, or whose trial the engine does not take. */
  untried: string[];
}

const RECIPES = { ...FLOAT_RECIPES, ...INTEGER_RECIPES };

/**
 * Runs each operator that a model uses by itself, with the attributes and the kinds of weights that the model has, and
 * compares. Weights may be elsewhere. Never throws for what an engine does.
 */
export async function testEngine(model: { proto: ModelProto; graph: GraphProto }, engine: Engine): Promise<EngineTest> {
  const { trials, unknown } = trialsOf(model);
  const test: EngineTest = { right: [], wrong: [], untried: unknown };
  for (const trial of trials) {
    const made = await outcome(trial, engine);
    if (made === undefined) test.untried.push(trial.name);
    else if (made.why === undefined) test.right.push(trial.name);
    else test.wrong.push({ operator: trial.name, why: made.why });
  }
  test.untried.sort();
  return test;
}

/** Throws ENGINE_WRONG where an engine computes anything that a model uses otherwise than plain arithmetic. */
export async function checkEngine(model: { proto: ModelProto; graph: GraphProto }, engine: Engine): Promise<void> {
  const { wrong } = await testEngine(model, engine);
  if (wrong.length === 0) return;
  throw new OmlError('ENGINE_WRONG', engineSays(wrong), { details: { operators: wrong.map((one) => one.operator) } });
}

/** What is wrong, in a sentence. */
export const engineSays = (wrong: EngineTest['wrong']): string =>
  `The inference engine computes ${wrong.map(({ operator, why }) => `${operator} wrong (${why})`).join(', ')}.`;

/** Undefined: the engine does not take the trial. `why`: how it is wrong. */
async function outcome(trial: Trial, engine: Engine): Promise<{ why?: string } | undefined> {
  try {
    const runner = await engine.open(trial.model);
    try {
      const outputs = await runner.runTensors(trial.feeds);
      return compare(trial, Object.values(outputs)[0]!);
    } finally {
      await runner.dispose();
    }
  } catch (error) {
    // A kernel that refuses gives no wrong answer; the model itself is refused then, in the engine's own words.
    if (isOmlError(error)) return undefined;
    throw error;
  }
}

function compare({ expected, tolerance }: Trial, { data }: Tensor): { why?: string } {
  if (data.length !== expected.length) return { why: `${data.length} values for ${expected.length}` };
  const most = tolerance * expected.reduce((max, each) => Math.max(max, Math.abs(each)), tolerance === 0 ? 0 : 1);
  const at = expected.findIndex((each, i) => !(Math.abs(Number(data[i]) - each) <= most));
  return at < 0 ? {} : { why: `${short(Number(data[at]))} for ${short(expected[at]!)}` };
}

const short = (value: number): string => String(Number(value.toPrecision(8)));

function trialsOf({ proto, graph }: { proto: ModelProto; graph: GraphProto }): { trials: Trial[]; unknown: string[] } {
  const opset = Number(proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 17n);
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const initializer: Tried['initializer'] = (name) => initializers.get(name ?? '');
  const trials = new Map<string, Trial>();
  const unknown = new Set<string>();
  const seen = new Set<string>();
  for (const node of nodesOf([...graph.node, ...proto.functions.flatMap((one) => one.node)])) {
    const key = keyOf(node, initializer);
    if (seen.has(key)) continue;
    seen.add(key);
    const recipe = Object.hasOwn(RECIPES, node.opType) ? RECIPES[node.opType] : undefined;
    const trial = recipe?.({ node, opset, initializer });
    if (trial) trials.set(trial.name, trial);
    else unknown.add(node.opType);
  }
  return { trials: [...trials.values()], unknown: [...unknown] };
}

/** Nodes of one key are tried once: what a trial follows of a node is its numbers and the types of its weights. */
function keyOf(node: NodeProto, initializer: Tried['initializer']): string {
  const numbers = node.attribute.map(({ name, f, i }) => `${name}=${f},${i}`).sort();
  const types = node.input.map((name) => initializer(name)?.dataType ?? 0);
  return [node.domain, node.opType, ...numbers, ...types].join(' ');
}

/** Nodes at any depth: also those of bodies. */
function* nodesOf(nodes: readonly NodeProto[], depth = 0): Generator<NodeProto> {
  if (depth > MAX_NESTING) return;
  for (const node of nodes) {
    yield node;
    for (const { g, graphs } of node.attribute)
      for (const body of g ? [g, ...graphs] : graphs) yield* nodesOf(body.node, depth + 1);
  }
}
