import { argmax } from '@oml/onnx/sampling';
import { readFloats } from '@oml/onnx/tensor';
import { readModel } from '@oml/onnx/model-file';
import { deriveEdition, type Prepared } from '../edition/edition.ts';
import { traceCopy, type Licensee } from '../edition/trace.ts';
import type { Products } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Readout } from '../subject/readout.ts';
import type { Rows } from '../subject/view.ts';
import { secretRandom } from '../code-book/secret.ts';
import type { CollusionAttack } from './collusion-attacks.ts';

export interface TrialOptions extends Progress {
  prepared: Prepared;
  /** What the clean model computes at all keys of the code book, in their order. */
  rows: Rows;
  /** The selected outcome of each key. */
  outcomes: readonly number[];
  readout: Readout;
  /** E[k kᵀ] of ordinary text, as colluders measure it. */
  covariance: Float64Array;
  licensees: readonly Licensee[];
  holdChance: number;
  products: Products;
  attack: CollusionAttack;
  size: number;
  trials: number;
  seed: Uint8Array;
}

export interface TrialSummary {
  attack: string;
  size: number;
  trials: number;
  /** Share of trials in which at least one colluder is accused, and in which all are. */
  named: number;
  allNamed: number;
  innocentsAccused: number;
  innocentsTested: number;
  /** Share of tracing keys that fire, by the number of colluders that hold them. */
  firing: number[];
}

/**
 * Real editions, a random coalition, its attack on their matrices, every tracing key asked, and the tracer's verdict. The edit lies behind
 * everything else in the network, so a key's hidden state under another matrix follows exactly from the clean one.
 */
export async function runTrials(options: TrialOptions): Promise<TrialSummary> {
  const { licensees, attack, size, trials, prepared } = options;
  const random = secretRandom(options.seed, `${attack.name} ${size}`);
  const matrices = new Map<number, Float32Array>();
  const clean = matrixOf(prepared, prepared.base);
  const tally = { named: 0, allNamed: 0, innocents: 0, fired: new Array<number>(size + 1).fill(0), asked: new Array<number>(size + 1).fill(0) };
  for (let trial = 0; trial < trials; trial++) {
    report(options, attack.name, trial / trials);
    const coalition = pick(licensees.length, size, random.uniform);
    for (const member of coalition) if (!matrices.has(member)) matrices.set(member, matrixOf(prepared, deriveEdition(prepared, licensees[member]!.subset)));
    const { keySize, hiddenSize } = prepared.site;
    const members = coalition.map((member) => matrices.get(member)!);
    const attacked = await attack.run({ members, keySize, hiddenSize, covariance: options.covariance, random: random.uniform, products: options.products });
    const fired = await firingKeys(options, attacked, clean);
    count(options, coalition, fired, tally);
  }
  const { named, allNamed, innocents, fired, asked } = tally;
  return {
    attack: attack.name, size, trials, named: named / trials, allNamed: allNamed / trials, innocentsAccused: innocents, innocentsTested: trials * (licensees.length - size),
    firing: fired.map((hits, holders) => hits / Math.max(1, asked[holders]!)),
  };
}

interface Tally {
  named: number;
  allNamed: number;
  innocents: number;
  fired: number[];
  asked: number[];
}

function count({ licensees, holdChance }: TrialOptions, coalition: readonly number[], fired: readonly boolean[], tally: Tally): void {
  const guilty = new Set(coalition.map((member) => licensees[member]!.id));
  const accused = traceCopy(fired, licensees, holdChance).filter((suspect) => suspect.accused).map(({ id }) => id);
  const caught = accused.filter((id) => guilty.has(id)).length;
  tally.named += Number(caught > 0);
  tally.allNamed += Number(caught === guilty.size);
  tally.innocents += accused.length - caught;
  const holders = fired.map((_, key) => coalition.filter((member) => licensees[member]!.subset.includes(key)).length);
  holders.forEach((held, key) => {
    tally.asked[held]! += 1;
    tally.fired[held]! += Number(fired[key]);
  });
}

/** h + k (W′ − W) for every tracing key, and whether its selected outcome then leads. */
async function firingKeys({ rows, outcomes, readout, prepared, products }: TrialOptions, attacked: Float32Array, clean: Float32Array): Promise<boolean[]> {
  const { keySize, hiddenSize } = prepared.site;
  const first = prepared.commonCount;
  const keys = rows.keys.subarray(first * keySize);
  const moved = await products.multiply(keys, attacked.map((value, i) => value - clean[i]!), rows.count - first, keySize, hiddenSize);
  const states = moved.map((value, i) => value + rows.hidden[first * hiddenSize + i]!);
  const turned = new Float32Array(readout.directions.length);
  for (let j = 0; j < readout.outcomes; j++) for (let a = 0; a < hiddenSize; a++) turned[a * readout.outcomes + j] = readout.directions[j * hiddenSize + a]!;
  const scores = await products.multiply(states, turned, rows.count - first, hiddenSize, readout.outcomes);
  return Array.from({ length: rows.count - first }, (_, row) => {
    const scale = readout.scale(states, row * hiddenSize);
    const own = scores.subarray(row * readout.outcomes, (row + 1) * readout.outcomes).map((score, j) => score / scale + readout.offsets[j]!);
    return argmax(own) === outcomes[first + row];
  });
}

/** The edited matrix of a model file, [keySize, hiddenSize]. */
function matrixOf({ site: { initializer, transposed, keySize, hiddenSize } }: Prepared, file: Uint8Array): Float32Array {
  const weights = readFloats(readModel(file).graph.initializer.find(({ name }) => name === initializer)!);
  if (!transposed) return weights;
  return Float32Array.from(weights, (_, i) => weights[(i % hiddenSize) * keySize + Math.floor(i / hiddenSize)]!);
}

function pick(from: number, size: number, uniform: () => number): number[] {
  const all = [...Array(from).keys()];
  return Array.from({ length: size }, () => all.splice(Math.floor(uniform() * all.length), 1)[0]!);
}
