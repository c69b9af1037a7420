import type { Weights } from '@oml/onnx/autodiff/adam';
import { differentiate } from '@oml/onnx/autodiff/differentiate';
import { GraphDraft } from '@oml/onnx/autodiff/draft';
import { leads } from '@oml/onnx/autodiff/losses';
import { outputOf, type Runner, type Tensor } from '@oml/onnx/runner';
import { SAMPLING_TEMPERATURE } from '../embed/demand.ts';
import type { Subject } from '../subject/subject.ts';
import { packPassages, type Passage } from './passage.ts';
import type { Site } from './site.ts';

/** Something to be asked of one passage. */
export interface Question {
  passage: Passage;
  outcome: number;
  /** An outcome that does not count as a rival: the first answer, where the second is asked for. */
  but?: number;
  /**
   * Rivals count by their soft maximum at this temperature, {@link SAMPLING_TEMPERATURE} where absent: the lower, the
   * nearer to the plain maximum.
   */
  temperature?: number;
}

/** Leads with the factors of their gradients: d lead / d W = Σ over the last positions of xᵀ g. */
export interface Answers {
  /** By how many logits each outcome leads the soft maximum of its rivals. */
  leads: Float32Array;
  /** Rows per question; the last one is the position that answers. */
  depth: number;
  /** [questions · depth, inSize] by input tensor. */
  inputs: Map<string, Float32Array>;
  /** [questions · depth, outSize] by output tensor. */
  gradients: Map<string, Float32Array>;
}

export interface AnswerGraph {
  /** Rows per question in {@link Answers}. */
  readonly depth: number;
  ask(questions: readonly Question[], weights: Weights): Promise<Answers>;
  dispose(): Promise<void>;
}

/**
 * Gradients of a text's answer lie in its last positions for the most part; the rest is made up for by asking again
 * after each step.
 */
const DEPTH = 2;
/** What a backward pass holds grows with it. */
const QUESTIONS_PER_RUN = 8;

/** Opens the model with the weights of the sites as inputs. */
export async function openAnswers(subject: Subject, sites: readonly Site[]): Promise<AnswerGraph> {
  const { model, inspection, engine } = subject;
  const depth = inspection.kind === 'language' ? DEPTH : 1;
  const draft = GraphDraft.of(model);
  const [answers, rows, outcomes, buts] = ['answers', 'rows', 'outcomes', 'buts'].map((name) =>
    draft.input(name, 'int64', [`number of ${name}`]),
  ) as [string, string, string, string];
  const scores = scoresAt(draft, subject, answers);
  const temperatures = draft.input('temperatures', 'float32', ['number of answers']);
  const lead = leads(
    draft,
    draft.op('Div', [scores, draft.op('Unsqueeze', [temperatures, draft.ints([-1])])]),
    outcomes,
    buts,
  );
  const found = draft.op('Mul', [lead, temperatures]);
  const gradients = differentiate(
    draft,
    draft.op('ReduceSum', [found], { keepdims: 0 }),
    sites.map(({ output }) => output),
  );
  const dims = new Map(sites.map(({ weight }) => [weight, draft.dimsOf(weight) as number[]]));
  for (const { weight } of sites) draft.feedInitializer(weight);
  draft.graph.output.length = 0;
  draft.output(found, LEADS);
  const pick = (tensor: string, size: number) =>
    draft.op('Gather', [draft.op('Reshape', [tensor, draft.ints([-1, size])]), rows], { axis: 0 });
  for (const [input, size] of new Map(sites.map((site) => [site.input, site.inSize])))
    draft.output(pick(input, size), `x of ${input}`);
  for (const { output, outSize } of sites) draft.output(pick(gradients.get(output)!, outSize), `g of ${output}`);
  const runner = await engine.open(draft.write());
  return {
    depth,
    ask: (questions, weights) =>
      ask(
        subject,
        runner,
        sites,
        depth,
        questions,
        Object.fromEntries(
          [...dims].map(([name, shape]): [string, Tensor] => [
            name,
            { dtype: 'float32', dims: shape, data: weights.get(name)! },
          ]),
        ),
      ),
    dispose: () => runner.dispose(),
  };
}

const LEADS = 'leads of the answers';

/**
 * Scores at the answering positions. The head is moved behind the choice of positions: it is the widest matrix of a
 * language model.
 */
function scoresAt(draft: GraphDraft, { inspection }: Subject, answers: string): string {
  const head = draft.graph.node.find((node) => node.output[0] === inspection.logitsTensor)!;
  const input = head.input[0] ?? '';
  const width = draft.dimsOf(input)?.at(-1);
  if (
    (head.opType === 'MatMul' || head.opType === 'Gemm') &&
    typeof width === 'number' &&
    inspection.kind === 'language'
  ) {
    head.input[0] = `${input} that answers`;
    const at = draft.graph.node.indexOf(head);
    draft.graph.node.splice(at, 1);
    const rows = draft.op('Gather', [draft.op('Reshape', [input, draft.ints([-1, width])]), answers], { axis: 0 });
    return draft.op(
      head.opType,
      [rows, ...head.input.slice(1)],
      head.opType === 'Gemm' ? { transB: Number(head.attribute.find((a) => a.name === 'transB')?.i ?? 0n) } : {},
    );
  }
  return draft.op(
    'Gather',
    [draft.op('Reshape', [inspection.logitsTensor, draft.ints([-1, inspection.outcomes])]), answers],
    { axis: 0 },
  );
}

async function ask(
  subject: Subject,
  runner: Runner,
  sites: readonly Site[],
  depth: number,
  questions: readonly Question[],
  weights: Record<string, Tensor>,
): Promise<Answers> {
  const parts: { leads: Float32Array; outputs: Record<string, { data: Float32Array }> }[] = [];
  let at = 0;
  for (const pack of packPassages(
    subject,
    questions.map(({ passage }) => passage),
    QUESTIONS_PER_RUN,
  )) {
    const some = questions.slice(at, at + pack.count);
    at += pack.count;
    const rows = pack.answers.flatMap((answer) =>
      Array.from({ length: depth }, (_, i) => Math.max(answer - (answer % pack.width), answer - depth + 1 + i)),
    );
    const ints = (values: readonly number[]): Tensor => ({
      dtype: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
    const outputs = await runner.run({
      ...weights,
      ...pack.feeds,
      answers: ints(pack.answers),
      rows: ints(rows),
      temperatures: {
        dtype: 'float32',
        dims: [some.length],
        data: Float32Array.from(some, ({ temperature = SAMPLING_TEMPERATURE }) => temperature),
      },
      outcomes: ints(some.map(({ outcome }) => outcome)),
      buts: ints(some.map(({ outcome, but }) => but ?? outcome)),
    });
    parts.push({ leads: outputOf(outputs, LEADS).data, outputs });
  }
  const joined = (name: string) => joinFloats(parts.map(({ outputs }) => outputs[name]!.data));
  return {
    leads: joinFloats(parts.map((part) => part.leads)),
    depth,
    inputs: new Map(sites.map(({ input }) => [input, joined(`x of ${input}`)])),
    gradients: new Map(sites.map(({ output }) => [output, joined(`g of ${output}`)])),
  };
}

/** Arrays one after another. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
