import type { OnnxModel } from '@oml/onnx/model-file';
import { softmax } from '@oml/onnx/sampling';
import { HOLD_CHANCE, type Prepared } from '../../edition/edition.ts';
import { gradeEvidence } from '../../edition/graded-tail.ts';
import { siteMatrix } from '../../edition/site-matrix.ts';
import { gradesTail } from '../../edition/trace-graded.ts';
import { traceMatrices, type MatricesInputs } from '../../edition/trace-matrices.ts';
import { sampledGrades } from '../../edition/trace-sampled.ts';
import { joinChannels } from '../../evidence/trace-channels.ts';
import type { Tried } from './adaptive-attack.ts';

/** What the owner knows when a copy turns up, and who is guilty of it. */
export interface TracerInputs extends Pick<MatricesInputs, 'presenceIn' | 'covariance'> {
  prepared: Prepared;
  guilty: { subset: readonly number[]; slotSeed: `0x${string}` };
  /** Editions that were handed out: the guilty one is named among them. */
  licensees: number;
  /** The selected outcome of each tracing key, and the chance that the clean model gives it. */
  outcomes: readonly number[];
  chances: readonly number[];
  /** Times that each tracing key is asked, at temperature 1, where an endpoint gives text alone. */
  samples: number;
  /** Uniform in [0, 1): what the endpoint draws. */
  random: () => number;
}

/** Chance that an innocent looks as guilty as the guilty one, among all licensees; and of any subset by itself. */
export interface Look {
  familyPValue: number;
  /** Tracing keys that subsets are of. */
  keys: number;
  chanceOf(subset: readonly number[]): number;
}

export interface TracedTry {
  /** An endpoint that tells the chance of an answer, one question per key. */
  byChances: Look;
  /** One that gives text. */
  byText: Look;
  /** The same chance by what lies in its file: atoms and noise, together. */
  inFile: number;
}

/** Looks at every try of a host as its owner would: at an endpoint, and in the file. */
export function openTracer(inputs: TracerInputs): (tried: Tried) => Promise<TracedTry> {
  const { outcomes, chances, samples, guilty, licensees, random } = inputs;
  const files = new Map<OnnxModel, Promise<number>>();
  const look = (looks: readonly Int16Array[]): Look => {
    const tail = gradesTail(looks);
    const chanceOf = (subset: readonly number[]): number => tail(subset).pValue;
    return { familyPValue: Math.min(1, licensees * chanceOf(guilty.subset)), keys: outcomes.length, chanceOf };
  };
  return async ({ scores, models }) => {
    const size = scores.length / outcomes.length;
    const served = outcomes.map((outcome, key) => softmax(scores, key * size, size)[outcome]!);
    const leans = served.map((chance, key) => Math.log(Math.max(chance, 1e-30) / chances[key]!));
    const inFiles: number[] = [];
    for (const model of new Set(models)) {
      if (!files.has(model)) files.set(model, traceFile(inputs, model));
      inFiles.push(await files.get(model)!);
    }
    const sampled = served.map((chance, key) => ({
      hits: Array.from({ length: samples }, random).filter((draw) => draw < chance).length,
      asked: samples,
      chance: chances[key]!,
    }));
    return {
      byChances: look([gradeEvidence(leans), gradeEvidence(leans.map((value) => -value))]),
      byText: look(sampledGrades(sampled)),
      // Each matrix that is looked at is paid for.
      inFile: Math.min(1, inFiles.length * Math.min(...inFiles)),
    };
  };
}

/** Chance, at most, that an innocent's atoms and noise say so much; the others' are not looked at, but paid for. */
async function traceFile(
  { prepared, presenceIn, covariance, guilty, licensees }: TracerInputs,
  model: OnnxModel,
): Promise<number> {
  const id = 'guilty';
  const { byAtoms, byNoise } = await traceMatrices({
    prepared,
    matrices: [siteMatrix(prepared.site, model.bytes)],
    presenceIn,
    licensees: [{ id, subset: guilty.subset }],
    noises: [{ id, slotSeed: guilty.slotSeed }],
    holdChance: HOLD_CHANCE,
    ...(covariance ? { covariance } : {}),
  });
  const [joint] = joinChannels({ atoms: byAtoms, noise: byNoise });
  return Math.min(1, licensees * Math.exp(-joint!.logE));
}
